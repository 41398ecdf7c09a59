public import Checkpoints

/// What a file holds, found from the file alone.
///
/// Making a report reads names, shapes, attributes and a few scalars; the numbers of the model stay
/// in the file.
public struct Report: Sendable {
  /// The path of the file.
  public let path: String

  /// The size of the file in bytes.
  public let size: Int

  /// What file it is.
  public let kind: FileKind

  /// What its seal says of the file, which is checked when its bytes are read.
  public let seal: SealState

  /// The version of Keras whose layout the file says it has.
  public let kerasVersion: String?

  /// The model, if the file holds one.
  public let model: ModelReport?

  /// The optimizer, if the file holds the state of one.
  public let optimizer: OptimizerReport?

  /// The state of the run, if the file holds one that can be read.
  public let training: TrainingState?

  /// What was found that cannot be read, each in one sentence.
  public let problems: [String]

  /// Whether a run can go on from the file.
  public let resumability: Resumability
}

/// Whether a run can go on from a file.
public enum Resumability: Equatable, Sendable {
  /// It goes on after whole epochs.
  case afterEpoch(Int)

  /// It goes on in the middle of an epoch, the first being 1.
  case inEpoch(Int, stepsDone: Int)

  /// It cannot go on.
  case no(reason: String)
}

extension Resumability: CustomStringConvertible {
  /// The answer in words.
  public var description: String {
    switch self {
    case .afterEpoch(0): "yes, from the beginning"
    case .afterEpoch(let epoch): "yes, after epoch \(epoch)"
    case .inEpoch(let epoch, let steps):
      "yes, in the middle of epoch \(epoch), after \(steps) step\(steps == 1 ? "" : "s")"
    case .no(let reason): "no: \(reason)"
    }
  }
}
