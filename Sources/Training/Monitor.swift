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

  /// The best of some epochs.
  ///
  /// - Parameters:
  ///   - epochs: The numbers of the epochs, from 1; those that are `nil` do not count.
  ///   - history: What was measured in each epoch, by name.
  /// - Returns: The number of the best one; of two that are as good, the earlier one.
  func best(of epochs: [Int?], in history: [String: [Double]]) -> Int? {
    let values = history[rawValue, default: []]
    return epochs.compactMap(\.self).filter { values.indices.contains($0 - 1) }.sorted()
      .min { isLossLike ? values[$0 - 1] < values[$1 - 1] : values[$0 - 1] > values[$1 - 1] }
  }

  private var isLossLike: Bool { self == .testLoss || self == .loss }
}
