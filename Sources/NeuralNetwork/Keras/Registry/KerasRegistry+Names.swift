package import JSON

extension KerasRegistry {
  /// Layer classes of Keras that the library cannot create, with the names of their variables in
  /// Keras's order as far as they are certain: files with them can be inspected.
  private static let unsupportedLayers: [String: [String]] = [
    "CuDNNGRU": ["kernel", "recurrent_kernel", "bias"],
    "CuDNNLSTM": ["kernel", "recurrent_kernel", "bias"],
    "GRUCell": ["kernel", "recurrent_kernel", "bias"],
    "InputLayer": [], "LSTMCell": ["kernel", "recurrent_kernel", "bias"],
    "SimpleRNNCell": ["kernel", "recurrent_kernel", "bias"],
  ]

  /// Optimizer classes of Keras that the library cannot create.
  private static let unsupportedOptimizers = [
    "Adafactor", "Ftrl", "Lamb", "Lion", "LossScaleOptimizer", "MultiOptimizer", "Muon",
    "ScheduleFreeAdamW",
  ]

  private static let layersByKey = Dictionary(
    (layers.map { $0.className } + unsupportedLayers.keys
      + [Functional.className, Sequential.className]).map { ($0.snakeCased, $0) },
    uniquingKeysWith: { registered, _ in registered })

  /// Optimizers by their names without underscores in lower case.
  private static let optimizersByLetters = Dictionary(
    (optimizers.map { $0.className } + unsupportedOptimizers).map { ($0.lowercased(), $0) },
    uniquingKeysWith: { registered, _ in registered })

  /// The layer class that Keras names a key after: `Conv2D` for `conv2d` and `conv2d_1`.
  ///
  /// - Parameter key: A key in the weights tree, or a name that Keras gave a layer.
  /// - Returns: The class name; `nil` if it is not certain.
  public static func layerClassName(ofKey key: String) -> String? {
    let name = NumberedName(key)
    // A user's own `dense2` says nothing.
    return layersByKey[key]
      ?? ("\(name.base)_\(name.number)" == key ? layersByKey["\(name.base)"] : nil)
  }

  /// The optimizer class that Keras names an optimizer after: `RMSprop` for `rmsprop` and
  /// `rms_prop_1`.
  ///
  /// - Parameter name: The name, in any case, with or without underscores and a counter.
  /// - Returns: The class name; `nil` if it is not certain.
  public static func optimizerClassName(ofName name: String) -> String? {
    optimizersByLetters[NumberedName(name).base.lowercased().filter { $0 != "_" }]
  }

  /// The name that Keras derives from that of a class: `max_pooling2d` for `MaxPooling2D`.
  ///
  /// It is the default name of a layer, and the short name of an optimizer, a loss or a metric.
  ///
  /// - Parameter className: The class name; a name in snake case remains the same.
  /// - Returns: The name in snake case.
  public static func snakeCase(_ className: String) -> String { className.snakeCased }

  /// The names of a layer's variables in Keras's order.
  ///
  /// - Parameters:
  ///   - className: The class of the layer; `nil` if it is not known.
  ///   - count: The number of variables.
  /// - Returns: A name for each, such as `kernel`; numbers if the class does not have that many.
  public static func variableNames(ofClass className: String?, count: Int) -> [String] {
    let names =
      className.flatMap { layer(named: $0)?.variableNames ?? unsupportedLayers[$0] } ?? []
    let isKnown = count == names.count || (names.last == "bias" && count == names.count - 1)
    return isKnown ? Array(names.prefix(count)) : (0..<count).map { "\($0)" }
  }

  /// The optimizers that a file may hold the state of, if it does not contain all options.
  ///
  /// - Parameters:
  ///   - className: The class of the optimizer.
  ///   - options: The options in the file; empty if it has none.
  /// - Returns: Optimizers that have not taken a step: first that with these options, then those
  ///   with other slots; none if the class or an option is not supported.
  package static func optimizers(
    named className: String, options: JSON.Object
  ) -> [Optimizer] {
    let other = optimizer(named: className)?.optionsOfSlots ?? []
    return ([[:]] + other).compactMap { other in
      let config = JSON.object(options.merging(other) { $1 })
      return try? Optimizer.make(
        kerasConfig: .object(["class_name": .string(className), "config": config]))
    }
  }
}
