/// The metric that determines the best epoch.
public enum Monitor: String, CaseIterable, Sendable {
  /// The mean loss over the test images; lower is better.
  case testLoss = "test_loss"

  /// The test accuracy; higher is better.
  case testAccuracy = "test_accuracy"

  /// The mean loss over the images held out for validation; lower is better.
  case validationLoss = "val_loss"

  /// The accuracy on the images held out for validation; higher is better.
  case validationAccuracy = "val_accuracy"

  /// The mean loss over the training images; lower is better.
  case loss

  /// The training accuracy; higher is better.
  case accuracy

  /// Returns the best of some epochs.
  ///
  /// - Parameters:
  ///   - epochs: The numbers of the epochs, from 1; `nil` is ignored.
  ///   - history: The results of each epoch, by name.
  /// - Returns: The number of the best epoch; the earlier one of equals.
  func best(of epochs: [Int?], in history: [String: [Double]]) -> Int? {
    let values = history[rawValue, default: []]
    return epochs.compactMap(\.self).filter { values.indices.contains($0 - 1) }.sorted()
      .min { isLossLike ? values[$0 - 1] < values[$1 - 1] : values[$0 - 1] > values[$1 - 1] }
  }

  /// Whether a lower value is better.
  var isLossLike: Bool {
    switch self {
    case .testLoss, .validationLoss, .loss: true
    case .testAccuracy, .validationAccuracy, .accuracy: false
    }
  }
}
