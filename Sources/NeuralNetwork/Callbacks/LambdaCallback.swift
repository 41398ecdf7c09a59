/// A callback made of closures.
///
/// ```swift
/// let printing = LambdaCallback(onEpochEnd: { epoch, logs in
///   print(epoch, logs["loss"] ?? 0)
/// })
/// model.fit(x, y, epochs: 3, callbacks: [printing])
/// ```
public final class LambdaCallback: Callback {
  private let epochBegin: ((_ epoch: Int) -> Void)?
  private let epochEnd: ((_ epoch: Int, _ logs: [String: Double]) -> Void)?
  private let trainBegin: (() -> Void)?
  private let trainEnd: ((_ logs: [String: Double]) -> Void)?
  private let batchBegin: ((_ batch: Int) -> Void)?
  private let batchEnd: ((_ batch: Int, _ logs: [String: Double]) -> Void)?

  /// Creates a callback.
  ///
  /// - Parameters:
  ///   - onEpochBegin: Called before each epoch with its index, from 0.
  ///   - onEpochEnd: Called after each epoch with its index and its loss and metrics.
  ///   - onTrainBegin: Called before the first epoch.
  ///   - onTrainEnd: Called after the last epoch with its loss and metrics.
  ///   - onTrainBatchBegin: Called before each batch with its index, from 0.
  ///   - onTrainBatchEnd: Called after each batch with its index, and with the loss and the metrics
  ///     since the start of the epoch.
  public init(
    onEpochBegin: ((_ epoch: Int) -> Void)? = nil,
    onEpochEnd: ((_ epoch: Int, _ logs: [String: Double]) -> Void)? = nil,
    onTrainBegin: (() -> Void)? = nil, onTrainEnd: ((_ logs: [String: Double]) -> Void)? = nil,
    onTrainBatchBegin: ((_ batch: Int) -> Void)? = nil,
    onTrainBatchEnd: ((_ batch: Int, _ logs: [String: Double]) -> Void)? = nil
  ) {
    (epochBegin, epochEnd, trainBegin) = (onEpochBegin, onEpochEnd, onTrainBegin)
    (trainEnd, batchBegin, batchEnd) = (onTrainEnd, onTrainBatchBegin, onTrainBatchEnd)
  }

  /// Calls the closure.
  public override func onEpochBegin(_ epoch: Int, model: Model) { epochBegin?(epoch) }

  /// Calls the closure.
  public override func onEpochEnd(_ epoch: Int, model: Model, logs: inout [String: Double]) {
    epochEnd?(epoch, logs)
  }

  /// Calls the closure.
  public override func onTrainBegin(model: Model) { trainBegin?() }

  /// Calls the closure.
  public override func onTrainEnd(model: Model, logs: [String: Double]) { trainEnd?(logs) }

  /// Calls the closure.
  public override func onTrainBatchBegin(_ batch: Int, model: Model) { batchBegin?(batch) }

  /// Calls the closure.
  public override func onTrainBatchEnd(_ batch: Int, model: Model, logs: [String: Double]) {
    batchEnd?(batch, logs)
  }
}
