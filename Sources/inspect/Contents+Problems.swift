import CheckpointStore
import Checkpoints
import Inspection

extension Verification {
  /// The problem of the file and a hint, in one sentence; `nil` for a valid file.
  var sentence: String? {
    guard !isGood else { return nil }
    let cause: String
    if let openingProblem {
      cause = openingProblem
    } else if case .broken(reason: let reason)? = seal.state {
      cause = reason
    } else if let damage = seal.damage.first {
      let objects = damage.datasets.map { "'\($0.name ?? $0.path)'" }.prefix(3)
      cause =
        "the bytes from \(damage.range.lowerBound) to \(damage.range.upperBound - 1)"
        + (objects.isEmpty ? "" : ", of \(objects.joined(separator: ", ")),")
        + " do not match the seal"
    } else if let problem = structure?.problems.first {
      cause = "'\(problem.path)' cannot be read: \(problem.reason)"
    } else if let wrong = content.wrong.first {
      cause = "'\(wrong.name ?? wrong.path)' differs from what was saved: \(wrong.reason)"
    } else if let tensor = nonFinite.first {
      cause = "'\(tensor.name)' contains NaN or infinity at \(tensor.index)"
    } else if let contradiction = contradictions.first {
      cause = contradiction
    } else if case .refused(let reason) = loading {
      cause = reason
    } else if let danger = suspicions?.danger {
      cause = "\(danger)"
    } else {
      cause = "its content is inconsistent"
    }
    let advice =
      alternatives.first.map { "; '\($0.path)' of step \($0.step) verifies, use that" } ?? ""
    return "'\(path)' is not valid: \(cause)\(advice)"
  }
}
