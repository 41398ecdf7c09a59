extension Layer {
  /// Makes a layer from its Keras configuration, without the weights and whether they are trained.
  ///
  /// - Parameters:
  ///   - className: The name of the class in Keras.
  ///   - config: The options.
  /// - Returns: A layer that is not built.
  /// - Throws: ``KerasError`` if the class or an option is not supported.
  package static func make(className: String, config: JSON) throws(KerasError) -> Layer {
    try LayerClasses.makeLayer(className, config: config).layer
  }
}
