public import Checkpoints

/// Something that cannot be shown.
public enum InspectionError: Error, Equatable, Sendable {
  /// The file cannot be read.
  case file(CheckpointError)

  /// The file is of another kind.
  case otherFile(path: String, kind: String)

  /// The file holds nothing of that name.
  case noSuchObject(path: String, name: String, similar: String?)

  /// The expression does not name a part of an array.
  case slice(expression: String, problem: String)
}

extension InspectionError: CustomStringConvertible {
  /// The error in one sentence.
  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .otherFile(let path, let kind): "Cannot open '\(path)': it is not an HDF5 file but \(kind)"
    case .noSuchObject(let path, let name, let similar):
      "Cannot find '\(name)' in '\(path)'" + (similar.map { "; did you mean '\($0)'?" } ?? "")
    case .slice(let expression, let problem): "Cannot take the slice '\(expression)': \(problem)"
    }
  }
}
