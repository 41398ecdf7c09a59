package import JSON

extension Layer {
  /// Creates a layer from its Keras config, without weights and `trainable`.
  ///
  /// - Parameters:
  ///   - className: The name of the class in Keras.
  ///   - config: The options.
  /// - Returns: The unbuilt layer.
  /// - Throws: ``KerasError`` if the class or an option is not supported.
  package static func make(className: String, config: JSON) throws(KerasError) -> Layer {
    try make(className: className, config: config, generation: .keras3).layer
  }

  /// Common options of all Keras layers that have no effect here or are read elsewhere.
  private static let commonOptions: Set<String> = [
    "autocast", "batch_input_shape", "batch_shape", "build_config", "dtype", "dynamic", "input_dim",
    "input_dtype", "input_length", "input_shape", "name", "optional", "ragged", "shared_object_id",
    "sparse", "trainable",
  ]

  /// Creates a layer from its Keras config.
  ///
  /// - Parameters:
  ///   - className: The name of the class.
  ///   - registeredName: The registered name in Keras, if the file contains it.
  ///   - config: The options.
  ///   - generation: The Keras generation that wrote the config.
  /// - Returns: The unbuilt layer, and the names of unknown options.
  /// - Throws: ``KerasError`` if the class or an option is not supported.
  static func make(
    className: String, registeredName: String? = nil, config: JSON,
    generation: KerasGeneration
  ) throws(KerasError) -> (layer: Layer, unknown: [String]) {
    let name = config["name"]?.string ?? className.snakeCased
    guard let type = KerasRegistry.layer(named: className) else {
      let entry = KerasClass(name: className, registeredName: registeredName)
      if let layer = try CustomObjects.layer(entry, named: name, config) { return (layer, []) }
      throw .unsupportedLayer(className: className, name: name)
    }
    let reader = ConfigReader(layer: name, config: config, generation: generation)
    let layer = try type.init(reader)
    layer.isChannelsFirst = reader.isChannelsFirst && !(layer is Augmentation)
    var unknown: [String] = []
    for (key, value) in reader.config.unread where !commonOptions.contains(key) {
      if let kept = KeptOption(key, value) {
        if !kept.isDefault { layer.keptOptions[key] = kept }
      } else {
        unknown.append(key)
      }
    }
    return (layer, unknown)
  }
}
