/// Whether a run can be resumed from a file.
///
/// ```swift
/// switch try Inspector(opening: path).report.resumability {
/// case .afterEpoch(let epochs): print("resumes after \(epochs) epochs")
/// case .inEpoch(let epoch, let steps): print("resumes in epoch \(epoch) after \(steps) steps")
/// case .no(let obstacle): print("cannot be resumed: \(obstacle)")
/// }
/// ```
public enum Resumability: Equatable, Sendable {
  /// The run resumes after complete epochs.
  case afterEpoch(Int)

  /// The run resumes within an epoch, counted from 1.
  case inEpoch(Int, stepsDone: Int)

  /// The run cannot be resumed.
  case no(Obstacle)

  /// A reason why no run can be resumed from a file.
  public enum Obstacle: Equatable, Sendable {
    /// The training state cannot be read.
    case unreadableState

    /// The file contains no model.
    case noModel

    /// The file contains a model and a training state, but no optimizer.
    case noOptimizer

    /// The file contains only weights.
    case weightsAlone

    /// The file contains weights and an optimizer, but no training state.
    case noState
  }

  /// Whether a run can be resumed from the file.
  public var isPossible: Bool { if case .no = self { false } else { true } }
}

extension Resumability: CustomStringConvertible {
  /// The answer for users.
  public var description: String {
    switch self {
    case .afterEpoch(0): "yes, from the beginning"
    case .afterEpoch(let epoch): "yes, after epoch \(epoch)"
    case .inEpoch(let epoch, let steps):
      "yes, in the middle of epoch \(epoch), after \(steps) step\(steps == 1 ? "" : "s")"
    case .no(let obstacle): "no: \(obstacle)"
    }
  }
}

extension Resumability.Obstacle: CustomStringConvertible {
  /// The reason for users.
  public var description: String {
    switch self {
    case .unreadableState: "its training state cannot be read"
    case .noModel: "it contains no model"
    case .noOptimizer: "it contains no optimizer"
    case .weightsAlone: "it contains only weights"
    case .noState: "it contains weights and an optimizer, but no training state"
    }
  }
}
