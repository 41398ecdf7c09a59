public import JSON

/// The metrics that files can name.
///
/// ```swift
/// let metric = try Metrics.make(kerasConfig: .string("accuracy"))
/// metric.update([1, 0], [[0.2, 0.8], [0.3, 0.7]])
/// print(metric.name, metric.result)  // accuracy 0.5
/// ```
public enum Metrics {
  /// Creates a metric from its Keras config.
  ///
  /// - Parameter kerasConfig: The config of Keras 3, tf_keras or Keras 2: a name such as
  ///   `accuracy`, or an object with `class_name` and `config`.
  /// - Returns: The metric.
  /// - Throws: ``KerasError/compilation(_:)`` if the metric is not supported, or has an unsupported
  ///   option that would change the result.
  public static func make(kerasConfig: JSON) throws(KerasError) -> any Metric {
    if let own = try CustomObjects.metric(kerasConfig) { return own }
    let reader = try OptionReader(kerasConfig, kind: "metric")
    if let name = kerasConfig.string, ["accuracy", "acc"].contains(name.lowercased()) {
      return AutomaticAccuracy(name: name)
    }
    let type = KerasRegistry.metric(named: reader.name)
    let loss = type == nil ? KerasRegistry.loss(ofMetricNamed: reader.name) : nil
    guard type != nil || loss != nil else {
      throw reader.unsupported(
        KerasRegistry.metrics.map { $0.className }
          + KerasRegistry.losses.compactMap { $0.metricClassName })
    }
    // A metric given by name keeps that name.
    let given = kerasConfig.string ?? reader.config["name"]?.string
    let metric: any Metric
    if let type {
      metric = try type.init(reader, name: given ?? type.className.snakeCased)
    } else if let loss {
      metric = MeanMetricWrapper(
        try loss.init(reader, reduction: .sumOverBatchSize), name: given)
    } else {
      throw reader.unsupported([])
    }
    try Losses.check(reader)
    return metric
  }
}
