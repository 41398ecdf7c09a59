import Tensors

/// The layers that a file may name beside those of ``CustomObjects``: a fixed table, so that nothing in a
/// file decides what code runs.
enum LayerClasses {
  /// Makes a layer from the options in a file.
  typealias Maker = @Sendable (ConfigReader) throws(KerasError) -> Layer

  /// The layers by the names of their classes in Keras.
  private static let makers: [String: Maker] = [
    Activation.className: { reader throws(KerasError) in try Activation(reader) },
    ActivityRegularization.className: { reader throws(KerasError) in
      try ActivityRegularization(reader)
    },
    Add.className: { reader throws(KerasError) in try Add(reader) },
    AlphaDropout.className: { reader throws(KerasError) in try AlphaDropout(reader) },
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
    GaussianDropout.className: { reader throws(KerasError) in try GaussianDropout(reader) },
    GaussianNoise.className: { reader throws(KerasError) in try GaussianNoise(reader) },
    GlobalAveragePooling2D.className: { reader throws(KerasError) in
      try GlobalAveragePooling2D(reader)
    },
    GlobalMaxPooling2D.className: { reader throws(KerasError) in try GlobalMaxPooling2D(reader) },
    Identity.className: { reader throws(KerasError) in try Identity(reader) },
    LayerNormalization.className: { reader throws(KerasError) in try LayerNormalization(reader) },
    LeakyReLU.className: { reader throws(KerasError) in try LeakyReLU(reader) },
    Masking.className: { reader throws(KerasError) in try Masking(reader) },
    Maximum.className: { reader throws(KerasError) in try Maximum(reader) },
    MaxPooling2D.className: { reader throws(KerasError) in try MaxPooling2D(reader) },
    Minimum.className: { reader throws(KerasError) in try Minimum(reader) },
    Multiply.className: { reader throws(KerasError) in try Multiply(reader) },
    Normalization.className: { reader throws(KerasError) in try Normalization(reader) },
    Permute.className: { reader throws(KerasError) in try Permute(reader) },
    PReLU.className: { reader throws(KerasError) in try PReLU(reader) },
    RandomBrightness.className: { reader throws(KerasError) in RandomBrightness(reader) },
    RandomColorDegeneration.className: { reader throws(KerasError) in
      RandomColorDegeneration(reader)
    },
    RandomColorJitter.className: { reader throws(KerasError) in RandomColorJitter(reader) },
    RandomContrast.className: { reader throws(KerasError) in RandomContrast(reader) },
    RandomCrop.className: { reader throws(KerasError) in try RandomCrop(checking: reader) },
    RandomElasticTransform.className: { reader throws(KerasError) in RandomElasticTransform(reader)
    },
    RandomErasing.className: { reader throws(KerasError) in RandomErasing(reader) },
    RandomFlip.className: { reader throws(KerasError) in RandomFlip(reader) },
    RandomGaussianBlur.className: { reader throws(KerasError) in RandomGaussianBlur(reader) },
    RandomGrayscale.className: { reader throws(KerasError) in RandomGrayscale(reader) },
    RandomHeight.className: { reader throws(KerasError) in RandomHeight(reader) },
    RandomHue.className: { reader throws(KerasError) in RandomHue(reader) },
    RandomInvert.className: { reader throws(KerasError) in RandomInvert(reader) },
    RandomPerspective.className: { reader throws(KerasError) in RandomPerspective(reader) },
    RandomPosterization.className: { reader throws(KerasError) in RandomPosterization(reader) },
    RandomRotation.className: { reader throws(KerasError) in RandomRotation(reader) },
    RandomSaturation.className: { reader throws(KerasError) in RandomSaturation(reader) },
    RandomSharpness.className: { reader throws(KerasError) in RandomSharpness(reader) },
    RandomShear.className: { reader throws(KerasError) in RandomShear(reader) },
    RandomTranslation.className: { reader throws(KerasError) in RandomTranslation(reader) },
    RandomWidth.className: { reader throws(KerasError) in RandomWidth(reader) },
    RandomZoom.className: { reader throws(KerasError) in RandomZoom(reader) },
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

  /// The options that Keras gives every layer and that change nothing here, or are read elsewhere.
  private static let common: Set<String> = [
    "autocast", "batch_input_shape", "batch_shape", "build_config", "dtype", "dynamic", "input_dim",
    "input_dtype", "input_length", "input_shape", "name", "optional", "ragged", "shared_object_id",
    "sparse", "trainable",
  ]

  /// Makes a layer from its Keras configuration.
  ///
  /// - Parameters:
  ///   - className: The name of the class.
  ///   - registeredName: The name under which Keras registered the class, if the file says.
  ///   - config: The options.
  ///   - generation: The Keras that wrote them.
  /// - Returns: An unbuilt layer, and the names of the options that nothing here knows.
  /// - Throws: ``KerasError`` if the class or an option is not supported.
  static func makeLayer(
    _ className: String, registeredName: String? = nil, config: JSON,
    generation: KerasGeneration = .keras3
  ) throws(KerasError) -> (layer: Layer, unknown: [String]) {
    let name = config["name"]?.string ?? className.snakeCased
    guard let maker = makers[className] else {
      let entry = KerasClass(name: className, registeredName: registeredName)
      if let layer = try CustomObjects.layer(entry, named: name, config) { return (layer, []) }
      throw .unsupportedLayer(className: className, name: name)
    }
    let reader = ConfigReader(layer: name, config: config, generation: generation)
    let layer = try maker(reader)
    layer.isChannelsFirst = reader.isChannelsFirst && !(layer is Augmentation)
    var unknown: [String] = []
    for (key, value) in reader.config.unread where !common.contains(key) {
      if let kept = KeptOption(key, value) {
        if !kept.isDefault { layer.keptOptions[key] = kept }
      } else {
        unknown.append(key)
      }
    }
    return (layer, unknown)
  }
}
