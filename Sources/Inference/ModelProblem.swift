import Checkpoints
import Files
import NeuralNetwork
public import ModelFiles

/// A reason why a model cannot classify images.
///
/// ```swift
/// do {
///   _ = try Classifier(loading: path)
/// } catch InferenceError.otherModel(_, .input(let shape)) {
///   print("not a picture: \(shape)")  // [7], which is not height, width and channels
/// }
/// ```
public enum ModelProblem: Error, Equatable, Sendable {
  /// The model has several inputs, of these names.
  case inputs([String])

  /// The model has several outputs, of these names.
  case outputs([String])

  /// The input has a shape that is not that of an image.
  case input(shape: [Int])

  /// A layer, of this name, looks whole numbers up, which pictures do not have.
  case lookup(layer: String)

  /// The output has a shape that is not one number for each class.
  case output(shape: [Int])

  /// The file does not describe the layers, and its weights differ from those of the quickstart
  /// model.
  case undescribed([CheckpointError.Mismatch])

  /// The input has another size than the requested one.
  case size(ClassifierOptions.Size, requested: ClassifierOptions.Size)

  /// The layers do not support an input of the requested size.
  case unsupportedSize(ClassifierOptions.Size, reason: String)

  /// Colour was requested, but the input has one channel.
  case grayInput

  /// The number of class names is not that of the classes.
  case classNames(count: Int, classes: Int)

  /// The output for an image is NaN or infinite.
  case notFiniteOutput

  /// The output is a single number that need not be a probability, because there is neither a
  /// sigmoid nor a binary cross-entropy loss.
  case singleOutput

  /// Numbers are to be read, but the classes are not the digits 0 to 9.
  case noDigits
}

extension ModelProblem: CustomStringConvertible {
  /// The problem, as a phrase that follows the file name and a colon.
  public var description: String {
    switch self {
    case .inputs(let names):
      "its model has the inputs \(names.shortQuotedList), but a picture is one input; the "
        + "library can run it"
    case .outputs(let names):
      "its model has the outputs \(names.shortQuotedList), but a classifier has one; the "
        + "library can run it"
    case .input(let shape):
      "its model's input must be an image, but has the shape \(shape)"
    case .lookup(let layer):
      "its layer '\(layer)' is an Embedding, which needs whole numbers, but a picture has others; "
        + "the library can run it"
    case .output(let shape):
      "its model's output must be one number for each class, but has the shape \(shape)"
    case .undescribed(let differences):
      "it does not describe its layers, and its weights do not match the quickstart model:"
        + differences.map { "\n  - " + "\($0)".onOneLine }.joined()
    case .size(let size, let requested):
      "its input has \(size) pixels, not \(requested)"
    case .unsupportedSize(let size, let reason):
      "it does not support pictures of \(size) pixels: \(reason)"
    case .grayInput:
      "its input has one channel, so that pictures must be gray"
    case .classNames(let count, let classes):
      "it has \(classes) classes, but there \(count == 1 ? "is 1 name" : "are \(count) names")"
    case .noDigits: "its classes are not the digits 0 to 9, so it cannot read numbers"
    case .notFiniteOutput: "its output is NaN or infinite"
    case .singleOutput:
      """
      its model outputs a single number, which must be a probability, but there is neither a \
      sigmoid nor a binary cross-entropy loss
      """
    }
  }
}
