public import Checkpoints
public import PNG

/// A picture that cannot be recognised, or a model that cannot do it.
public enum InferenceError: Error, Equatable, Sendable {
  /// The checkpoint cannot be read.
  case checkpoint(CheckpointError)

  /// The model is no classifier of pictures.
  case otherModel(path: String, problem: String)

  /// The picture cannot be read.
  case picture(PNGError)

  /// The picture cannot be turned into the model's input.
  case preprocessing(path: String, PreprocessingError)
}

extension InferenceError: CustomStringConvertible {
  /// The error in one sentence.
  public var description: String {
    switch self {
    case .checkpoint(let error): "\(error)"
    case .otherModel(let path, let problem): "Cannot use '\(path)': \(problem)"
    case .picture(let error): "\(error)"
    case .preprocessing(let path, let error): "Cannot recognise '\(path)': \(error)"
    }
  }
}
