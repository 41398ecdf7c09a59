import Tensors

/// The layers that a file may name: a fixed table, so that nothing in a file decides what code runs.
enum LayerClasses {
  /// Makes a layer from its Keras configuration.
  ///
  /// - Parameters:
  ///   - className: The name of the class.
  ///   - config: The options.
  /// - Returns: An unbuilt layer.
  /// - Throws: ``KerasError`` if the class or an option is not supported.
  static func makeLayer(_ className: String, config: JSON) throws(KerasError) -> Layer {
    let name = config["name"]?.string ?? className.snakeCased
    let reader = ConfigReader(layer: name, config: config)
    switch className {
    case Dense.className:
      return Dense(
        try reader.integer("units", atMost: ConfigReader.Limit.units),
        activation: try reader.activation(), useBias: try reader.bool("use_bias", default: true),
        name: name)
    case Conv2D.className:
      let single: JSON = .array([.integer(1), .integer(1)])
      try reader.require("dilation_rate", .integer(1), single)
      try reader.require("groups", .integer(1))
      try reader.require("data_format", .string("channels_last"))
      return Conv2D(
        try reader.integer("filters", atMost: ConfigReader.Limit.channels),
        try reader.size("kernel_size", default: nil),
        strides: try reader.size("strides", default: 1), padding: try reader.padding(),
        activation: try reader.activation(), useBias: try reader.bool("use_bias", default: true),
        name: name)
    case MaxPooling2D.className:
      try reader.require("data_format", .string("channels_last"))
      let poolSize = try reader.size("pool_size", default: 2)
      return MaxPooling2D(
        poolSize, strides: try reader.size("strides", default: poolSize),
        padding: try reader.padding(), name: name)
    case Flatten.className:
      try reader.require("data_format", .string("channels_last"))
      return Flatten(name: name)
    case Dropout.className:
      try reader.require("noise_shape")
      return Dropout(try reader.rate(), name: name)
    case Activation.className:
      return Activation(try reader.activation(), name: name)
    default:
      throw .unsupportedLayer(className: className, name: name)
    }
  }
}
