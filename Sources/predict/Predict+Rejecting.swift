import Console
import Inference

extension LineForm {
  /// The text in place of an answer: `? (no digit)`, `? (no digit: 2 large pieces)`,
  /// `? (no digit: 1 x 3 pixels)` or `? (looks like 3, 41%)`.
  ///
  /// - Parameters:
  ///   - prediction: The prediction.
  ///   - rejection: Why it is no answer.
  ///   - name: Returns the name of a class.
  /// - Returns: The text.
  func text(
    of prediction: Prediction, _ rejection: Rejection, name: (Int) -> String
  ) -> String {
    switch rejection.reason {
    case .rejectedClass:
      return prediction.isDigit ? "? (no digit)" : "? (\(prediction.rejectedClass.map(name) ?? ""))"
    case .lowScore:
      let percent = Format.fixed(Double(prediction.confidence) * 100, decimals: 0)
      return "? (looks like \(name(prediction.label)), \(percent)%)"
    case .severalPieces:
      return "? (no digit: \(prediction.preprocessing.pieces ?? 0) large pieces)"
    case .tooSmall:
      let box = prediction.preprocessing.cropBox
      return "? (no digit: \(box?.width ?? 0) x \(box?.height ?? 0) pixels)"
    }
  }
}
