import Tensors

/// The layers that a file may name beside those of ``CustomObjects``: a fixed table, so that nothing in a
/// file decides what code runs.
enum LayerClasses {
  /// Makes a layer from the options in a file.
  typealias Maker = @Sendable (ConfigReader) throws(KerasError) -> Layer

  /// The layers by the names of their classes in Keras.
  private static let makers: [String: Maker] = [
    Activation.className: { reader throws(KerasError) in try Activation(reader) },
    Add.className: { reader throws(KerasError) in try Add(reader) },
    Average.className: { reader throws(KerasError) in try Average(reader) },
    AveragePooling2D.className: { reader throws(KerasError) in try AveragePooling2D(reader) },
    BatchNormalization.className: { reader throws(KerasError) in try BatchNormalization(reader) },
    Concatenate.className: { reader throws(KerasError) in try Concatenate(reader) },
    Conv2D.className: { reader throws(KerasError) in try Conv2D(reader) },
    Conv2DTranspose.className: { reader throws(KerasError) in try Conv2DTranspose(reader) },
    Cropping2D.className: { reader throws(KerasError) in try Cropping2D(reader) },
    Dense.className: { reader throws(KerasError) in try Dense(reader) },
    DepthwiseConv2D.className: { reader throws(KerasError) in try DepthwiseConv2D(reader) },
    Dropout.className: { reader throws(KerasError) in try Dropout(reader) },
    ELU.className: { reader throws(KerasError) in try ELU(reader) },
    Flatten.className: { reader throws(KerasError) in try Flatten(reader) },
    GaussianNoise.className: { reader throws(KerasError) in try GaussianNoise(reader) },
    GlobalAveragePooling2D.className: { reader throws(KerasError) in
      try GlobalAveragePooling2D(reader)
    },
    GlobalMaxPooling2D.className: { reader throws(KerasError) in try GlobalMaxPooling2D(reader) },
    LayerNormalization.className: { reader throws(KerasError) in try LayerNormalization(reader) },
    LeakyReLU.className: { reader throws(KerasError) in try LeakyReLU(reader) },
    Maximum.className: { reader throws(KerasError) in try Maximum(reader) },
    MaxPooling2D.className: { reader throws(KerasError) in try MaxPooling2D(reader) },
    Minimum.className: { reader throws(KerasError) in try Minimum(reader) },
    Multiply.className: { reader throws(KerasError) in try Multiply(reader) },
    Normalization.className: { reader throws(KerasError) in try Normalization(reader) },
    Permute.className: { reader throws(KerasError) in try Permute(reader) },
    PReLU.className: { reader throws(KerasError) in try PReLU(reader) },
    ReLU.className: { reader throws(KerasError) in try ReLU(reader) },
    Rescaling.className: { reader throws(KerasError) in try Rescaling(reader) },
    Reshape.className: { reader throws(KerasError) in try Reshape(reader) },
    SeparableConv2D.className: { reader throws(KerasError) in try SeparableConv2D(reader) },
    Softmax.className: { reader throws(KerasError) in try Softmax(reader) },
    SpatialDropout2D.className: { reader throws(KerasError) in try SpatialDropout2D(reader) },
    Subtract.className: { reader throws(KerasError) in try Subtract(reader) },
    UpSampling2D.className: { reader throws(KerasError) in try UpSampling2D(reader) },
    ZeroPadding2D.className: { reader throws(KerasError) in try ZeroPadding2D(reader) },
  ]

  /// Whether a class is one of Keras's that the library has.
  static func contains(_ className: String) -> Bool { makers[className] != nil }

  /// Makes a layer from its Keras configuration.
  ///
  /// - Parameters:
  ///   - className: The name of the class.
  ///   - registeredName: The name under which Keras registered the class, if the file says.
  ///   - config: The options.
  /// - Returns: An unbuilt layer.
  /// - Throws: ``KerasError`` if the class or an option is not supported.
  static func makeLayer(
    _ className: String, registeredName: String? = nil, config: JSON
  ) throws(KerasError) -> Layer {
    let name = config["name"]?.string ?? className.snakeCased
    guard let maker = makers[className] else {
      let entry = KerasClass(name: className, registeredName: registeredName)
      if let layer = try CustomObjects.layer(entry, named: name, config) { return layer }
      throw .unsupportedLayer(className: className, name: name)
    }
    return try maker(ConfigReader(layer: name, config: config))
  }
}
