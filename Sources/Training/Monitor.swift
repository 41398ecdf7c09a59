/// The metric that determines the best epoch.
///
/// ```swift
/// var options = RunOptions(savePath: "ckpt.h5")
/// options.bestPath = "best.h5"
/// options.monitor = .testAccuracy  // the epoch with the highest accuracy, not the lowest loss
/// ```
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

  /// Whether a lower value is better.
  var isLossLike: Bool {
    switch self {
    case .testLoss, .validationLoss, .loss: true
    case .testAccuracy, .validationAccuracy, .accuracy: false
    }
  }

  /// The result that is monitored.
  var result: MonitoredResult { MonitoredResult(name: rawValue, lowerIsBetter: isLossLike) }
}
