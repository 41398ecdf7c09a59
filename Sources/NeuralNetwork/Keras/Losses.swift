/// The losses that a file may name.
public enum Losses {
  /// Makes a loss from its Keras configuration.
  ///
  /// - Parameter kerasConfig: What Keras 3, tf_keras or Keras 2 wrote: a name such as `mse`, or an
  ///   object with `class_name` and `config`.
  /// - Returns: The loss.
  /// - Throws: ``KerasError/compilation(_:)`` if the loss is not supported, or an option that would
  ///   change the result.
  public static func make(kerasConfig: JSON) throws(KerasError) -> any Loss {
    if let own = try CustomObjects.loss(kerasConfig) { return own }
    let reader = try SettingsReader(kerasConfig, kind: "loss")
    guard let make = makers[className(reader.className)] else {
      throw reader.unsupported(makers.keys)
    }
    let loss = try make(reader, try reduction(reader))
    try check(reader)
    return loss
  }

  typealias Maker = @Sendable (SettingsReader, Reduction) throws(KerasError) -> any Loss

  static let makers: [String: Maker] = [
    BinaryCrossentropy.className: { reader, reduction throws(KerasError) in
      BinaryCrossentropy(
        fromLogits: try reader.bool("from_logits", default: false),
        labelSmoothing: try smoothing(reader), reduction: reduction)
    },
    BinaryFocalCrossentropy.className: { reader, reduction throws(KerasError) in
      BinaryFocalCrossentropy(
        applyClassBalancing: try reader.bool("apply_class_balancing", default: false),
        alpha: try reader.number("alpha", default: 0.25),
        gamma: try reader.number("gamma", default: 2, in: 0...1e30),
        fromLogits: try reader.bool("from_logits", default: false),
        labelSmoothing: try smoothing(reader), reduction: reduction)
    },
    CategoricalCrossentropy.className: { reader, reduction throws(KerasError) in
      CategoricalCrossentropy(
        fromLogits: try reader.bool("from_logits", default: false),
        labelSmoothing: try smoothing(reader), reduction: reduction)
    },
    CategoricalHinge.className: { _, reduction in CategoricalHinge(reduction: reduction) },
    CosineSimilarity.className: { _, reduction in CosineSimilarity(reduction: reduction) },
    Hinge.className: { _, reduction in Hinge(reduction: reduction) },
    Huber.className: { reader, reduction throws(KerasError) in
      Huber(delta: try reader.positiveNumber("delta", default: 1), reduction: reduction)
    },
    KLDivergence.className: { _, reduction in KLDivergence(reduction: reduction) },
    LogCosh.className: { _, reduction in LogCosh(reduction: reduction) },
    MeanAbsoluteError.className: { _, reduction in MeanAbsoluteError(reduction: reduction) },
    MeanAbsolutePercentageError.className: { _, reduction in
      MeanAbsolutePercentageError(reduction: reduction)
    },
    MeanSquaredError.className: { _, reduction in MeanSquaredError(reduction: reduction) },
    MeanSquaredLogarithmicError.className: { _, reduction in
      MeanSquaredLogarithmicError(reduction: reduction)
    },
    Poisson.className: { _, reduction in Poisson(reduction: reduction) },
    SparseCategoricalCrossentropy.className: { reader, reduction throws(KerasError) in
      SparseCategoricalCrossentropy(
        fromLogits: try reader.bool("from_logits", default: false),
        labelSmoothing: try smoothing(reader), reduction: reduction)
    },
    SquaredHinge.className: { _, reduction in SquaredHinge(reduction: reduction) },
  ]

  /// The class that a name stands for: its own, that of a function, or a short one.
  static func className(_ name: String) -> String {
    names[name] ?? name
  }

  private static let names: [String: String] = {
    var names = [
      "mse": MeanSquaredError.className, "mae": MeanAbsoluteError.className,
      "mape": MeanAbsolutePercentageError.className,
      "msle": MeanSquaredLogarithmicError.className, "bce": BinaryCrossentropy.className,
      "kld": KLDivergence.className,
    ]
    for (short, className) in names { names[short.uppercased()] = className }
    for className in makers.keys { names[className.snakeCased] = className }
    names["kullback_leibler_divergence"] = KLDivergence.className
    names["logcosh"] = LogCosh.className
    return names
  }()

  /// Refuses what no loss here can do, and options that nobody knows.
  static func check(_ reader: SettingsReader) throws(KerasError) {
    try reader.require("axis", .integer(-1))
    try reader.requireFloat32()
    try reader.checkAllWereRead(but: ["name", "fn"])
  }

  private static func reduction(_ reader: SettingsReader) throws(KerasError) -> Reduction {
    guard let value = reader.value("reduction") else {
      return reader.has("reduction") ? .none : .sumOverBatchSize
    }
    // What Keras 2 called `auto` is this, but for several machines.
    if value == .string("auto") { return .sumOverBatchSize }
    guard let reduction = value.string.flatMap(Reduction.init) else {
      throw reader.notSupported("reduction", value)
    }
    return reduction
  }

  private static func smoothing(_ reader: SettingsReader) throws(KerasError) -> Float {
    Float(try reader.number("label_smoothing", default: 0, in: 0...1))
  }
}
