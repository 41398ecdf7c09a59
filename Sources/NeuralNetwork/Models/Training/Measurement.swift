import Tensors

/// The losses and metrics over the examples of many batches.
struct Measurement {
  private let outputs: [Compilation.Output]
  private let total = Mean(name: "loss")
  /// The loss of each output, if several have one.
  private let losses: [Mean?]

  /// Resets the metrics.
  init(_ outputs: [Compilation.Output]) {
    self.outputs = outputs
    let isSplit = outputs.count { $0.loss != nil } > 1
    losses = outputs.map { output in
      isSplit && output.loss != nil ? Mean(name: "\(output.name)_loss") : nil
    }
    outputs.forEach { $0.metrics.forEach { $0.reset() } }
  }

  /// Computes the loss that training minimizes: the weighted sum of those of the outputs, and the
  /// penalty of the regularizers.
  ///
  /// Keras logs the losses of single outputs without their weights.
  ///
  /// - Parameters:
  ///   - targets: The targets of the outputs.
  ///   - predictions: The outputs.
  ///   - penalty: The penalty, a scalar; `nil` if there is none.
  /// - Returns: The sum, and the loss of each output that has one.
  func loss(
    _ targets: [Tensor], _ predictions: [Tensor], penalty: Tensor?
  ) -> (total: Tensor, parts: [Tensor?]) {
    let parts = outputs.indices.map { index in
      outputs[index].loss.map { $0(targets[index], predictions[index]) }
    }
    var total: Tensor?
    for (output, part) in zip(outputs, parts) {
      guard let part else { continue }
      let weighted = output.weight == 1 ? part : part * Float(output.weight)
      total = total.map { $0 + weighted } ?? weighted
    }
    guard let penalty else { return (total ?? Tensor(0), parts) }
    // As in Keras, it is added once, also if there is a loss for each example.
    return (total.map { ($0.count == 1 ? $0 : $0.sum()) + penalty } ?? penalty, parts)
  }

  /// Adds a batch.
  func update(_ loss: (total: Tensor, parts: [Tensor?]), _ y: [Tensor], _ predictions: [Tensor]) {
    let weight = Double(predictions[0].shape.first ?? 1)
    total.update(loss.total.scalarMean, weight: weight)
    for (mean, part) in zip(losses, loss.parts) {
      if let mean, let part { mean.update(part.scalarMean, weight: weight) }
    }
    for (index, output) in outputs.enumerated() {
      output.metrics.forEach { $0.update(y[index], predictions[index]) }
    }
  }

  /// The results under Keras's names: `loss`, `digit_loss`, `digit_accuracy`.
  var logs: [String: Double] {
    var logs = [total.name: total.result]
    for case let mean? in losses { logs[mean.name] = mean.result }
    for output in outputs {
      // tf_keras stores metrics with the name of the output before their own.
      let prefix = outputs.count > 1 ? "\(output.name)_" : ""
      for metric in output.metrics {
        logs[metric.name.hasPrefix(prefix) ? metric.name : prefix + metric.name] = metric.result
      }
    }
    return logs
  }
}

extension Tensor {
  /// The mean, without an operation for scalars.
  fileprivate var scalarMean: Tensor { count == 1 ? self : mean() }
}
