import JSON

/// The recurrent layers that Keras 2 had for cuDNN alone, as those that compute the same.
enum CuDNNClass {
  /// The class and the config of a layer without those of cuDNN.
  static func translated(_ className: String, _ config: JSON) -> (className: String, config: JSON) {
    guard ["CuDNNGRU", "CuDNNLSTM"].contains(className) else { return (className, config) }
    var options = config.object ?? [:]
    if className == "CuDNNGRU" { options["reset_after"] = .bool(true) }
    return (String(className.dropFirst("CuDNN".count)), .object(options))
  }
}
