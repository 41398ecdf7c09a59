/// An error in a Keras config.
///
/// ```swift
/// let text = #"{"class_name": "Sequential", "config": {"layers": [{"class_name": "Fancy"}]}}"#
/// do {
///   _ = try Architecture(kerasConfig: JSON(parsing: text))
/// } catch let error as KerasError {
///   print(error, error.isOfLibrary)  // what is wrong, and whether Keras might read the file
/// }
/// ```
public enum KerasError: Error, Hashable, CustomStringConvertible {
  /// The text is not JSON.
  case notJSON(String)

  /// The class of the model is not supported.
  case unsupportedModel(className: String)

  /// The class of a layer is not supported.
  case unsupportedLayer(className: String, name: String)

  /// A layer is a Keras `Lambda` with a Python function, which is not run; `problem` is a phrase
  /// that follows "which".
  case lambda(layer: String, problem: String)

  /// An option of a layer is not supported.
  case option(layer: String, key: String, problem: String)

  /// A value of an option of a layer is missing, or no value that its layer can have; it may be so
  /// large that the layer would need more memory or time than this library gives it.
  case invalidOption(layer: String, key: String, problem: String, isExcessive: Bool)

  /// A model cannot be written for a Keras generation that lacks a feature of a layer.
  case notInKeras(layer: String, feature: String, keras: String)

  /// Several parts of the model are not supported.
  case several([KerasError])

  /// The config is incomplete or inconsistent.
  case malformed(String)

  /// The config is that of a model of a form that is not supported, such as one with two inputs.
  case unsupportedForm(String)

  /// The model would need more memory or time than this library gives a model from a file.
  case excessive(String)

  /// A layer does not support its input shape.
  case shape(ShapeError)

  /// The optimizer, the loss or a metric is invalid or not supported.
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
    case .lambda(let layer, let problem):
      """
      The layer '\(layer)' is of the class 'Lambda', which \(problem): code in a file is not run. \
      Build the model with a layer in its place, and load the weights
      """
    case .option(let layer, let key, let problem),
      .invalidOption(let layer, let key, let problem, _):
      "The option '\(key)' of the layer '\(layer)' \(problem)"
    case .notInKeras(let layer, let feature, let keras):
      "The layer '\(layer)' has \(feature), which \(keras) does not have"
    case .several(let errors):
      "The model needs \(errors.count) things that are not supported: \(Self.listed(errors))"
    case .malformed(let problem), .unsupportedForm(let problem), .excessive(let problem):
      "The model's configuration cannot be used: \(problem)"
    case .shape(let error):
      error.description
    case .compilation(let problem):
      "The model cannot be compiled as its configuration says: \(problem)"
    }
  }

  /// Whether a valid file can cause the error, because this library lacks a feature.
  public var isOfLibrary: Bool {
    switch self {
    case .unsupportedLayer, .unsupportedModel, .unsupportedForm, .option, .compilation, .notInKeras,
      .lambda, .several:
      true
    case .notJSON, .malformed, .excessive, .invalidOption, .shape: false
    }
  }

  /// Whether the model would need more memory or time than this library gives a model from a file.
  public var isExcessive: Bool {
    switch self {
    case .excessive: true
    case .invalidOption(_, _, _, let isExcessive): isExcessive
    case .shape(let error): error.isExcessive
    default: false
    }
  }

  /// The errors that it consists of.
  var parts: [KerasError] { if case .several(let errors) = self { errors } else { [self] } }

  /// One line for all errors, with the layers of a class together.
  private static func listed(_ errors: [KerasError]) -> String {
    var names: [String: [String]] = [:]
    for case .unsupportedLayer(let className, let name) in errors {
      names[className, default: []].append(name)
    }
    var clauses: [String] = []
    for error in errors {
      switch error {
      case .unsupportedLayer(let className, _):
        guard let layers = names.removeValue(forKey: className) else { continue }
        clauses.append("the class '\(className)' (\(layers.shortList))")
      case .unsupportedForm(let problem): clauses.append(problem)
      default:
        let text = error.description
        clauses.append(text.prefix(1).lowercased() + text.dropFirst())
      }
    }
    return clauses.shortList(separator: "; ")
  }
}
