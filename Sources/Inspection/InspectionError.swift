import Checkpoints
public import ModelFiles

/// An error of inspecting a file.
///
/// ```swift
/// do {
///   _ = try Inspector(opening: path).values("d2/kernal[0]")
/// } catch {
///   guard case .noSuchObject(_, let name, let similar?) = error else { throw error }
///   print("\(name) is not in the file; is it \(similar)?")  // d2/kernel
/// }
/// ```
public enum InspectionError: Error, Equatable, Sendable {
  /// The file, or an object in it, cannot be read.
  case file(CheckpointError)

  /// The file is not HDF5; `kind` describes what it is.
  case otherFile(path: String, kind: String)

  /// The file contains no object of this name; `similar` is the most similar name that it contains.
  case noSuchObject(path: String, name: String, similar: String?)

  /// An object cannot be shown as requested.
  case object(path: String, name: String, ObjectProblem)

  /// A slice expression has a syntax error.
  case expression(String, SyntaxProblem)

  /// The dataset does not contain the requested slice.
  case slice(expression: String, SliceProblem)

  /// Neither file contains the part to ignore; `similar` is the most similar name of a part.
  case ignored(String, similar: String?)

  /// A reason why an object cannot be shown as requested.
  public enum ObjectProblem: Equatable, Sendable {
    /// The layer has no group of its own in the file.
    case noGroup

    /// The name refers to more than one dataset.
    case severalDatasets

    /// The dataset is null or virtual.
    case noElements

    /// The elements are of another type, as described, and have no statistics.
    case notNumeric(type: String)
  }

  /// A reason why a text is not a slice expression.
  public enum SyntaxProblem: Equatable, Sendable {
    /// There is no name with brackets.
    case noBrackets

    /// There is more than one ellipsis.
    case severalEllipses

    /// A word is not a whole number.
    case notANumber(String)

    /// There is no index between two commas.
    case missingIndex

    /// A step is 0.
    case zeroStep

    /// A part has more than two colons.
    case tooManyColons(String)
  }

  /// A reason why a dataset does not contain a slice, or why it cannot be shown.
  public enum SliceProblem: Equatable, Sendable {
    /// There are more indices than axes.
    case tooManyIndices(Int, axes: Int)

    /// An index is out of bounds.
    case outOfBounds(index: Int, axis: Int, extent: Int)

    /// The slice has too many elements to be shown.
    case tooManyElements(Int, limit: Int)
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

extension InspectionError.ObjectProblem: CustomStringConvertible {
  /// The problem, as a phrase that follows the name and a colon.
  public var description: String {
    switch self {
    case .noGroup: "the layer has no group in the file"
    case .severalDatasets: "it names more than one dataset"
    case .noElements: "the dataset has no elements of its own"
    case .notNumeric(let type): "it holds \(type), not numbers"
    }
  }
}

extension InspectionError.SyntaxProblem: CustomStringConvertible {
  /// The problem, as a phrase that follows the expression and a colon.
  public var description: String {
    switch self {
    case .noBrackets: "it must be a name with brackets, as in 'd1/kernel[0:4]'"
    case .severalEllipses: "'...' can be used only once"
    case .notANumber(let word): "'\(word)' is not a whole number"
    case .missingIndex: "an index between two commas is missing"
    case .zeroStep: "a step cannot be 0"
    case .tooManyColons(let part): "'\(part)' has more than two colons"
    }
  }
}

extension InspectionError.SliceProblem: CustomStringConvertible {
  /// The problem, as a phrase that follows the expression and a colon.
  public var description: String {
    switch self {
    case .tooManyIndices(let count, let axes):
      "it has \(count) indices, but the dataset has \(axes) axes"
    case .outOfBounds(let index, let axis, let extent):
      "the index \(index) is out of bounds for axis \(axis) with size \(extent)"
    case .tooManyElements(let count, let limit):
      "it has \(count) elements, but at most \(limit) can be shown"
    }
  }
}
