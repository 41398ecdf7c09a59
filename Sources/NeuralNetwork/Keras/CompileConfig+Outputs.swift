extension CompileConfig {
  /// Makes the values that are stored by name or in a list of one those of the only output.
  package mutating func mergeOutputs() {
    losses = losses?.merged
    lossWeights = lossWeights?.merged
    outputMetrics = outputMetrics.merged
  }

  /// Whether the losses, their weights and the metrics are those of a model's outputs.
  ///
  /// - Parameter names: The names of the outputs; none if they are not known yet.
  /// - Returns: Whether the model can be compiled.
  func fits(_ names: [String]) -> Bool {
    guard !names.isEmpty else { return true }
    if case .all(let metrics) = outputMetrics, names.count > 1 {
      guard metrics.isEmpty || metrics.count == names.count else { return false }
    }
    return !areLossesMisfit(for: names) && outputMetrics.values(for: names) != nil
  }

  /// Removes losses and metrics of outputs that a model does not have: Keras could not train it.
  ///
  /// A list of metrics without a part for each output stays, because `tf_keras` computes all of
  /// them for each output.
  ///
  /// - Parameter names: The names of the outputs.
  /// - Returns: Descriptions of what was removed.
  package mutating func removeMisfits(for names: [String]) -> [String] {
    var removed: [String] = []
    if areLossesMisfit(for: names) {
      (losses, lossWeights) = (nil, nil)
      removed.append("the losses")
    }
    if outputMetrics.values(for: names) == nil {
      outputMetrics = .all([])
      removed.append("the metrics")
    }
    return removed.map { "\($0), which are not those of the outputs \(names.shortQuotedList)" }
  }

  private func areLossesMisfit(for names: [String]) -> Bool {
    if let losses, losses.values(for: names) == nil { return true }
    if let lossWeights, lossWeights.values(for: names) == nil { return true }
    return false
  }
}

extension PerOutput {
  /// The value of the only output, as one for all; unchanged if there are several values.
  fileprivate var merged: Self { values.count == 1 ? .all(values[0]) : self }
}
