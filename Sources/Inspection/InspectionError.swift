public import Checkpoints

/// Something that cannot be shown.
public enum InspectionError: Error, Equatable, Sendable {
  /// The file, or an object in it, cannot be read.
  case file(CheckpointError)

  /// The file is not HDF5; `kind` says what it is.
  case otherFile(path: String, kind: String)

  /// The file holds nothing of that name; `similar` is a name that it holds.
  case noSuchObject(path: String, name: String, similar: String?)

  /// An object cannot be shown in the way that was asked for.
  case object(path: String, name: String, problem: String)

  /// The text does not say a part of a dataset.
  case expression(String, problem: String)

  /// The dataset does not have the part that was asked for.
  case slice(expression: String, problem: String)

  /// What is to be ignored is in neither file; `similar` is a name that is.
  case ignored(String, similar: String?)

  /// Whether the file is missing or cannot be read at all, rather than being of the wrong kind.
  public var isUnreadableFile: Bool {
    if case .file(let error) = self { error.kind == .noInput } else { false }
  }
}

extension InspectionError: CustomStringConvertible {
  /// The error in one sentence.
  public var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .otherFile(let path, let kind): "Cannot open '\(path)': it is \(kind), not an HDF5 file"
    case .noSuchObject(let path, let name, let similar):
      "Cannot find '\(name)' in '\(path)'" + (similar.map { "; did you mean '\($0)'?" } ?? "")
    case .object(let path, let name, let problem):
      "Cannot read '\(name)' in '\(path)': \(problem)"
    case .expression(let text, let problem): "Cannot understand '\(text)': \(problem)"
    case .ignored(let name, let similar):
      "Cannot ignore '\(name)': neither file has a part of this name"
        + (similar.map { "; did you mean '\($0)'?" } ?? "")
    case .slice(let expression, let problem): "Cannot take '\(expression)': \(problem)"
    }
  }
}
