public import JSON
import NeuralNetwork

/// The model in a model config of Keras, with layers of any class.
///
/// Unlike ``CheckpointFile/architecture()`` it also lists layers that cannot be created.
///
/// ```swift
/// let config = try ModelConfig(opening: path).json
/// for layer in ConfiguredModel(kerasConfig: config).layers {
///   print(layer.className, layer.name)  // also layers of classes that Cairn does not have
/// }
/// ```
public struct ConfiguredModel: Sendable {
  /// The name of the model, if the config contains it.
  public let name: String?

  /// The name of its class in Keras, such as `Sequential`, if the config contains it.
  public let className: String?

  /// The layers of a sequential or functional model in Keras's order, without those inside nested
  /// models; empty if the config lists none.
  ///
  /// The input of a sequential model is not listed: it has no group of its own in files.
  public let layers: [ConfiguredLayer]

  /// Reads a model config.
  ///
  /// - Parameter kerasConfig: The config, such as that of ``CheckpointFile/modelConfig()``.
  public init(kerasConfig: JSON) {
    let config = kerasConfig["config"]
    let entries = config?["layers"]?.array ?? config?.array ?? []
    let isSequential = kerasConfig["class_name"]?.string == "Sequential"
    name = config?["name"]?.string?.asName
    className = kerasConfig["class_name"]?.string?.asName
    layers = entries.prefix(LayerLimits.count).compactMap { entry in
      guard let className = entry["class_name"]?.string?.asName else { return nil }
      if isSequential, className == "InputLayer" { return nil }
      let name = entry["config"]?["name"]?.string ?? entry["name"]?.string
      return ConfiguredLayer(
        name: name?.asName ?? className.snakeCased, className: className,
        config: entry["config"]?.object ?? [:])
    }
  }
}

/// A layer of any class in a model config of Keras.
///
/// See ``ConfiguredModel`` for an example.
public struct ConfiguredLayer: Sendable {
  /// The name of the layer; Keras's default for its class if the config contains none.
  public let name: String

  /// The name of the class in Keras, such as `Conv2D`.
  public let className: String

  /// The options.
  public let config: JSON.Object
}
