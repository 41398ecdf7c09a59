import Preconditions

/// The direction in which a monitored metric improves.
///
/// ```swift
/// let stopping = EarlyStopping(monitor: "val_f1", patience: 5, mode: .max)  // higher is better
/// ```
public enum MonitorMode: String, Sendable {
  /// The direction that the metric tells; down for `loss` and `val_loss`.
  case auto

  /// Lower is better.
  case min

  /// Higher is better.
  case max

  /// Whether a higher value is better.
  ///
  /// - Parameters:
  ///   - name: The name of the monitored metric in logs, with or without `val_`.
  ///   - metrics: The metrics that are measured.
  ///   - file: The source file reported if the direction is not known.
  ///   - line: The source line reported if the direction is not known.
  /// - Returns: Whether a higher value is better.
  /// - Precondition: The metric tells its direction, if the mode is ``auto``.
  package func prefersHigher(
    _ name: String, of metrics: [any Metric], file: StaticString = #fileID, line: UInt = #line
  ) -> Bool {
    switch self {
    case .min: return false
    case .max: return true
    case .auto:
      let bare = name.hasPrefix("val_") ? String(name.dropFirst(4)) : name
      let metric = metrics.first { $0.name == name } ?? metrics.first { $0.name == bare }
      guard let isHigher = metric?.prefersHigher ?? (bare == "loss" ? false : nil) else {
        fail(
          "`mode` must be `.min` or `.max`, because the direction of '\(name)' is not known.",
          file: file, line: line)
      }
      return isHigher
    }
  }
}
