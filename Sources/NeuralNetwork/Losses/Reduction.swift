/// What a loss makes of the losses of the examples of a batch; the raw values are Keras's names.
public enum Reduction: String, Sendable, CaseIterable {
  /// Their mean.
  case sumOverBatchSize = "sum_over_batch_size"

  /// Their sum.
  case sum

  /// Their mean.
  case mean

  /// Their mean, in which examples count by their weights, if they have any.
  case meanWithSampleWeight = "mean_with_sample_weight"

  /// Nothing; what is trained then is their sum.
  case none
}
