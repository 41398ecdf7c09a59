import Tensors

/// Collects the logits of an evaluation, batch by batch.
struct LogitRecorder {
  private var logits: [Float] = []
  private var labels: [UInt16] = []

  /// Adds a batch.
  ///
  /// - Parameters:
  ///   - logits: The logits, of shape `[batch, classes]`.
  ///   - labels: The true classes, of shape `[batch]`.
  mutating func add(_ logits: Tensor, _ labels: Tensor) {
    self.logits += logits.scalars
    self.labels += labels.scalars.map { UInt16($0) }
  }

  /// Calibrates a model with what was collected.
  ///
  /// - Parameters:
  ///   - classCount: The number of classes.
  ///   - rejectedClass: The index of the rejected class; `nil` if there is none.
  ///   - rejectRate: The share of the pictures of other classes that may be rejected; `nil` for the
  ///     default.
  /// - Returns: The calibration; `nil` if there is none.
  func calibration(
    classCount: Int, rejectedClass: Int?, rejectRate: Double?
  ) -> Calibration? {
    Calibration(
      logits: logits, labels: labels, classCount: classCount, rejectedClass: rejectedClass,
      rejectRate: rejectRate ?? Calibration.defaultRejectRate)
  }
}
