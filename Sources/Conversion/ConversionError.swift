public import Checkpoints
public import ModelFiles

/// An error in converting a file.
///
/// ```swift
/// do {
///   _ = try Conversion(of: path, to: path, as: .keras)
/// } catch ConversionError.isInput {
///   print("the output would replace the input")
/// }
/// ```
public enum ConversionError: Error, Equatable, Sendable {
  /// The input cannot be read, or the output cannot be written.
  case checkpoint(CheckpointError)

  /// A file at the output path, or one with a name derived from it, must not be replaced.
  case occupied(path: String, file: String, Occupant)

  /// The output file is also an input file.
  case isInput(path: String, input: String)
}

extension ConversionError: CustomStringConvertible {
  /// The error in one sentence; differences follow as a list, one per line.
  public var description: String {
    switch self {
    case .checkpoint(let error): "\(error)"
    case .occupied(let path, let file, let occupant): occupant.refusal(of: path, occupiedBy: file)
    case .isInput(let path, let input):
      path == input
        ? "Cannot write '\(path)': it is the input file"
        : "Cannot write '\(path)': it is the same file as the input '\(input)'"
    }
  }
}
