/// The reduction of the per-example losses of a batch to one value; the raw values are Keras's
/// names.
///
/// ```swift
/// let (targets, predictions): (Tensor, Tensor) = ([[0], [0]], [[1], [3]])
/// let mean = MeanSquaredError()(targets, predictions)  // (1 + 9) / 2 = 5
/// let sum = MeanSquaredError(reduction: .sum)(targets, predictions)  // 10
/// let each = MeanSquaredError(reduction: .none)(targets, predictions)  // [1, 9]
/// ```
public enum Reduction: String, Sendable, CaseIterable {
  /// The mean of the losses.
  case sumOverBatchSize = "sum_over_batch_size"

  /// The sum of the losses.
  case sum

  /// The mean of the losses.
  case mean

  /// The mean weighted by sample weights, which without weights is the plain mean.
  case meanWithSampleWeight = "mean_with_sample_weight"

  /// No reduction; training then minimizes the sum.
  case none
}
