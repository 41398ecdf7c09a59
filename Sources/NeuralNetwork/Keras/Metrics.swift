/// The metrics that a file may name.
public enum Metrics {
  /// Makes a metric from its Keras configuration.
  ///
  /// - Parameter kerasConfig: What Keras 3, tf_keras or Keras 2 wrote: a name such as `accuracy`, or an
  ///   object with `class_name` and `config`.
  /// - Returns: The metric.
  /// - Throws: ``KerasError/compilation(_:)`` if the metric is not supported, or an option that would
  ///   change the result.
  public static func make(kerasConfig: JSON) throws(KerasError) -> any Metric {
    if let own = try CustomObjects.metric(kerasConfig) { return own }
    let reader = try SettingsReader(kerasConfig, kind: "metric")
    if let name = kerasConfig.string, ["accuracy", "acc"].contains(name.lowercased()) {
      return AutomaticAccuracy(name: name)
    }
    let className = names[reader.className] ?? Losses.className(reader.className)
    // A metric that is given by its name has that name.
    let name = kerasConfig.string ?? reader.value("name")?.string ?? defaultName(className)
    let metric: any Metric
    if let make = makers[className] {
      metric = try make(reader, name)
    } else if losses.contains(className), let make = Losses.makers[className] {
      metric = MeanMetricWrapper(try make(reader, .sumOverBatchSize), name: name)
    } else {
      throw reader.unsupported(Array(makers.keys) + losses)
    }
    try Losses.check(reader)
    return metric
  }

  private typealias Maker = @Sendable (SettingsReader, String) throws(KerasError) -> any Metric

  /// Whether a class is one of Keras's that the library has.
  static func contains(_ className: String) -> Bool {
    makers[className] != nil || losses.contains(className)
  }

  private static let makers: [String: Maker] = [
    "BinaryAccuracy": { reader, name throws(KerasError) in
      BinaryAccuracy(threshold: try reader.number("threshold", default: 0.5), name: name)
    },
    "CategoricalAccuracy": { _, name in CategoricalAccuracy(name: name) },
    "CosineSimilarity": { _, name in MeanCosineSimilarity(name: name) },
    "LogCoshError": { _, name in MeanMetricWrapper(LogCosh(), name: name) },
    "Mean": { _, name in Mean(name: name) },
    "RootMeanSquaredError": { _, name in RootMeanSquaredError(name: name) },
    "SparseCategoricalAccuracy": { _, name in SparseCategoricalAccuracy(name: name) },
    "SparseTopKCategoricalAccuracy": { reader, name throws(KerasError) in
      try reader.require("from_sorted_ids", .bool(false))
      return SparseTopKCategoricalAccuracy(k: try reader.optionalCount("k") ?? 5, name: name)
    },
    "TopKCategoricalAccuracy": { reader, name throws(KerasError) in
      TopKCategoricalAccuracy(k: try reader.optionalCount("k") ?? 5, name: name)
    },
  ]

  /// The losses that are metrics too.
  private static let losses: Set<String> = [
    BinaryCrossentropy.className, CategoricalCrossentropy.className, CategoricalHinge.className,
    Hinge.className, KLDivergence.className, MeanAbsoluteError.className,
    MeanAbsolutePercentageError.className, MeanSquaredError.className,
    MeanSquaredLogarithmicError.className, Poisson.className,
    SparseCategoricalCrossentropy.className, SquaredHinge.className,
  ]

  /// The classes that the names of functions stand for.
  private static let names: [String: String] = {
    var names: [String: String] = [:]
    for className in makers.keys { names[className.snakeCased] = className }
    for name in ["logcosh", "log_cosh", "LogCosh"] { names[name] = "LogCoshError" }
    return names
  }()

  private static func defaultName(_ className: String) -> String {
    className == "LogCoshError" ? "logcosh" : className.snakeCased
  }
}
