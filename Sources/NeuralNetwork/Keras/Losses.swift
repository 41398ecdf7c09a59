public import JSON

/// The losses that files can name.
///
/// ```swift
/// let config = try JSON(parsing: #"{"class_name": "Huber", "config": {"delta": 0.5}}"#)
/// let loss = try Losses.make(kerasConfig: config)
/// print((loss as? Huber)?.delta ?? 0)  // 0.5
/// ```
public enum Losses {
  /// Creates a loss from its Keras config.
  ///
  /// - Parameter kerasConfig: The config of Keras 3, tf_keras or Keras 2: a name such as `mse`, or
  ///   an object with `class_name` and `config`.
  /// - Returns: The loss.
  /// - Throws: ``KerasError/compilation(_:)`` if the loss is not supported, or has an unsupported
  ///   option that would change the result.
  public static func make(kerasConfig: JSON) throws(KerasError) -> any Loss {
    if let own = try CustomObjects.loss(kerasConfig) { return own }
    let reader = try OptionReader(kerasConfig, kind: "loss")
    guard let type = KerasRegistry.loss(named: reader.name) else {
      throw reader.unsupported(KerasRegistry.losses.map { $0.className })
    }
    let loss = try type.init(reader, reduction: try reduction(reader))
    try check(reader)
    return loss
  }

  /// Throws for unsupported features and unknown options of a loss.
  static func check(_ reader: OptionReader) throws(KerasError) {
    try reader.require("axis", .integer(-1))
    try reader.requireFloat32()
    try reader.refuseUnknown()
  }

  private static func reduction(_ reader: OptionReader) throws(KerasError) -> Reduction {
    guard let value = reader.config["reduction"] else {
      return reader.has("reduction") ? .none : .sumOverBatchSize
    }
    // Keras 2's `auto` means this, except on several machines.
    if value == .string("auto") { return .sumOverBatchSize }
    guard let reduction = value.string.flatMap(Reduction.init) else {
      throw reader.notSupported("reduction", value)
    }
    return reduction
  }
}

extension OptionReader {
  /// The option `label_smoothing`, from 0 to 1; 0 by default.
  func labelSmoothing() throws(KerasError) -> Float {
    Float(try number("label_smoothing", default: 0, in: 0...1))
  }
}
