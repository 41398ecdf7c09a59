import Preconditions
import Tensors

/// The optimizer, losses and metrics of a compiled model.
final class Compilation {
  let optimizer: Optimizer
  let losses: PerOutput<any Loss>
  let lossWeights: PerOutput<Double>?
  let metrics: PerOutput<[any Metric]>

  init(
    optimizer: Optimizer, losses: PerOutput<any Loss>, lossWeights: PerOutput<Double>?,
    metrics: PerOutput<[any Metric]>
  ) {
    self.optimizer = optimizer
    self.losses = losses
    self.lossWeights = lossWeights
    self.metrics = metrics
  }

  /// The loss and the metrics of one output.
  struct Output {
    let name: String
    let loss: (any Loss)?
    let weight: Double
    let metrics: [any Metric]
  }

  /// Assigns losses and metrics to outputs.
  ///
  /// - Parameter names: The names of the model's outputs.
  /// - Returns: One description for each output.
  /// - Precondition: The losses, weights and metrics fit the outputs, and at least one output has a
  ///   loss.
  func outputs(_ names: [String]) -> [Output] {
    func values<Value>(_ values: PerOutput<Value>, _ argument: String) -> [Value?] {
      guard let found = values.values(for: names) else {
        fail(
          "`\(argument)` must fit the outputs \(names) of the model, but is \(values.contents).")
      }
      return found
    }
    let losses = values(losses, "losses")
    require(losses.contains { $0 != nil }, "`losses` must have a loss for at least one output.")
    let weights = lossWeights.map { values($0, "lossWeights") } ?? []
    let metrics = metrics(names)
    return names.indices.map { index in
      Output(
        name: names[index], loss: losses[index],
        weight: weights.isEmpty ? 1 : weights[index] ?? 1, metrics: metrics[index])
    }
  }

  private func metrics(_ names: [String]) -> [[any Metric]] {
    if case .all(let metrics) = metrics, names.count > 1 {
      // As in Keras, a list with as many metrics as outputs has one for each.
      require(
        metrics.isEmpty || metrics.count == names.count,
        "`metrics` must fit the outputs \(names) of the model, but are \(metrics.count).")
      return metrics.isEmpty ? names.map { _ in [] } : metrics.map { [$0] }
    }
    guard let found = metrics.values(for: names) else {
      fail("`metrics` must fit the outputs \(names) of the model, but is \(metrics.contents).")
    }
    return found.map { $0 ?? [] }
  }
}
