/// A Keras configuration that cannot be used.
public enum KerasError: Error, Hashable, CustomStringConvertible {
  /// The text is not JSON.
  case notJSON(String)

  /// The model is of a class that is not supported.
  case unsupportedModel(className: String)

  /// A layer is of a class that is not supported.
  case unsupportedLayer(className: String, name: String)

  /// An option of a layer is missing, is not what it should be, or is not supported.
  case option(layer: String, key: String, problem: String)

  /// A model cannot be written for a Keras that does not have something of a layer.
  case notInKeras(layer: String, feature: String, keras: String)

  /// The configuration lacks something or contradicts itself.
  case malformed(String)

  /// A layer cannot take the output of the layer before it.
  case shape(ShapeError)

  /// The optimizer, the loss or a metric cannot be used.
  case compilation(String)

  /// The error in one sentence.
  public var description: String {
    switch self {
    case .notJSON(let problem):
      "The model's configuration cannot be read: \(problem)"
    case .unsupportedModel(let className):
      """
      The model is of the class '\(className)', which is not supported: a file holds the layers of \
      Sequential and Functional models only
      """
    case .unsupportedLayer(let className, let name):
      "The layer '\(name)' is of the class '\(className)', which is not supported"
    case .option(let layer, let key, let problem):
      "The option '\(key)' of the layer '\(layer)' \(problem)"
    case .notInKeras(let layer, let feature, let keras):
      "The layer '\(layer)' has \(feature), which \(keras) does not have"
    case .malformed(let problem):
      "The model's configuration cannot be used: \(problem)"
    case .shape(let error):
      error.description
    case .compilation(let problem):
      "The model cannot be compiled as its configuration says: \(problem)"
    }
  }
}
