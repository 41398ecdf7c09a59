import Checkpoints
public import Datasets
import Files
public import ModelFiles
public import Images

/// An error of inference: an unusable image or model.
///
/// ```swift
/// do {
///   let classifier = try Classifier(loading: model)
///   print(try classifier("missing.png").label)
/// } catch {
///   switch error {
///   case .picture(let error): print(error)  // Cannot open 'missing.png': No such file …
///   case .input(let path, let problem): print("no pictures in \(path): \(problem)")
///   case .classNames(let path, let problem): print("no names in \(path): \(problem.reason)")
///   case .labels(let problem): print("no true class: \(problem)")
///   default: print(error)
///   }
/// }
/// ```
public enum InferenceError: Error, Equatable, Sendable {
  /// The checkpoint cannot be read.
  case checkpoint(CheckpointError)

  /// The model is not an image classifier.
  case otherModel(path: String, ModelProblem)

  /// The image cannot be read.
  case picture(ImageError)

  /// The names of the classes cannot be read from a file.
  case classNames(path: String, ClassNamesProblem)

  /// An argument stands for pictures that cannot be found.
  case input(path: String, InputProblem)

  /// An IDX file of images or labels cannot be used.
  case data(DatasetError)

  /// The true class of a picture is not known.
  case labels(LabelProblem)

  /// The image cannot be preprocessed.
  case preprocessing(path: String, PreprocessingError)
}

extension InferenceError: CustomStringConvertible {
  /// The error in one sentence.
  public var description: String {
    switch self {
    case .checkpoint(let error): "\(error)"
    case .otherModel(let path, let problem): "Cannot use '\(path)': \(problem)"
    case .picture(let error): "\(error)".onOneLine
    case .classNames(let path, let problem):
      "Cannot read the names of the classes from '\(path)': \(problem.reason)".onOneLine
    case .input(let path, let problem): "Cannot classify '\(path)': \(problem)".onOneLine
    case .labels(let problem): "\(problem)".onOneLine
    case .data(let error): "\(error)"
    case .preprocessing(let path, let error): "Cannot classify '\(path)': \(error)".onOneLine
    }
  }
}
