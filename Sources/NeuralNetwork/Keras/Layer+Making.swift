public import JSON

extension Layer {
  /// Creates a layer from its Keras config, without weights and `trainable`.
  ///
  /// - Parameters:
  ///   - className: The name of the class in Keras.
  ///   - config: The options.
  /// - Returns: The unbuilt layer.
  /// - Throws: ``KerasError`` if the class or an option is not supported.
  public static func make(className: String, config: JSON) throws(KerasError) -> Layer {
    try make(className: className, config: config, generation: .keras3).layer
  }

  /// Creates a layer from its Keras config.
  ///
  /// - Parameters:
  ///   - className: The name of the class.
  ///   - registeredName: The registered name in Keras, if the file contains it.
  ///   - module: The module of the class in Python, if the file contains it.
  ///   - config: The options.
  ///   - generation: The Keras generation that wrote the config.
  /// - Returns: The unbuilt layer, and the names of unknown options.
  /// - Throws: ``KerasError`` if the class or an option is not supported.
  static func make(
    className: String, registeredName: String? = nil, module: String? = nil, config: JSON,
    generation: KerasGeneration
  ) throws(KerasError) -> (layer: Layer, unknown: [String]) {
    let name = config["name"]?.string ?? className.snakeCased
    // A class of another module is another class.
    let isOfKeras = module?.isModuleOfKeras ?? true
    let (className, config) =
      isOfKeras ? CuDNNClass.translated(className, config) : (className, config)
    let reader = OptionReader(layer: name, config: config, generation: generation)
    guard let type = isOfKeras ? KerasRegistry.layer(named: className) : nil else {
      let entry = KerasClass(name: className, registeredName: registeredName)
      if let layer = try CustomObjects.layer(entry, named: name, config) { return (layer, []) }
      guard isOfKeras, className == Lambda.className else {
        throw .unsupportedLayer(className: className, name: name)
      }
      return (try Lambda.layer(reader), reader.unknown.map(\.key))
    }
    let layer = try type.init(reader)
    layer.penalizesAsKeras2 = generation != .keras3
    layer.isChannelsFirst = reader.isChannelsFirst && !(layer is UntrainedAugmentation)
    var unknown: [String] = []
    for (key, value) in reader.unknown {
      if let kept = KeptOption(key, value) {
        if !kept.isDefault(type.initializers) { layer.keptOptions[key] = kept }
      } else {
        unknown.append(key)
      }
    }
    return (layer, unknown)
  }
}
