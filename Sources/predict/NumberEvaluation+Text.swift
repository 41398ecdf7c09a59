import Console
import Inference

extension NumberEvaluation {
  /// The share of right numbers and its interval as text.
  func text(for terminal: Terminal) -> String {
    guard let accuracy else { return "No numbers to evaluate\n" }
    let interval = accuracyInterval
    return terminal.styled(
      "Read whole: \(Format.percent(accuracy)) (\(correctCount) of \(count); 95 % interval "
        + "\(Format.percent(interval.lowerBound)) to \(Format.percent(interval.upperBound)))\n",
      .bold)
  }

  /// A sentence if numbers are not as expected; `nil` if all are, or nothing is expected.
  func unexpected(_ expected: String?) -> String? {
    let wrong = count - correctCount
    guard let expected, wrong > 0 else { return nil }
    return "\(wrong) of \(count) numbers \(wrong == 1 ? "is" : "are") not '\(expected)'"
  }
}
