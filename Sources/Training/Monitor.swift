/// What is looked at to tell which epoch was the best.
public enum Monitor: String, CaseIterable, Sendable {
  /// The mean loss over the test images; less is better.
  case testLoss = "test_loss"

  /// The share of test images that are recognised; more is better.
  case testAccuracy = "test_accuracy"

  /// The mean loss over the training images; less is better.
  case loss

  /// The share of training images that were recognised; more is better.
  case accuracy

  /// Whether the last epoch is better than all before it.
  ///
  /// - Parameter history: What was measured in each epoch, by name.
  /// - Returns: Whether it is; no later epoch that is as good is better.
  func isBest(in history: [String: [Double]]) -> Bool {
    guard let values = history[rawValue], let last = values.last else { return false }
    return values.dropLast().allSatisfy { isLossLike ? last < $0 : last > $0 }
  }

  private var isLossLike: Bool { self == .testLoss || self == .loss }
}
