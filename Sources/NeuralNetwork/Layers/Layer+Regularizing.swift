import Preconditions
public import Tensors

/// Regularizers and constraints of weights.
extension Layer {
  /// Gives a weight or the outputs a regularizer, whose penalty training adds to the loss.
  ///
  /// Files keep it, as Keras's `kernel_regularizer` for the weight `kernel`, and
  /// `activity_regularizer` for the outputs. The penalty on outputs is divided by the number of
  /// examples, and that of a layer with several calls is the sum over all of them. A loop of one's
  /// own adds ``penalty`` of the model to its loss.
  ///
  /// ```swift
  /// let layer = Dense(10)
  /// layer.setRegularizer(.l2(1e-4), of: "kernel")
  /// ```
  ///
  /// - Parameters:
  ///   - regularizer: The regularizer; `nil` for none.
  ///   - weight: The name of the weight in Keras's option: `kernel`, `bias`, `recurrent`,
  ///     `depthwise`, `pointwise`, `embeddings`, `gamma`, `beta` or `alpha`; `activity` for the
  ///     outputs.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Precondition: The layer has the weight; checked as soon as it has weights. A layer in
  ///   ``Bidirectional`` gets its regularizers before it is wrapped. A model and
  ///   ``ActivityRegularization`` take none for their outputs.
  public final func setRegularizer(
    _ regularizer: Regularizer?, of weight: String, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    if weight == "activity" {
      require(
        !(self is Model || self is ActivityRegularization),
        "\(Self.className) takes no regularizer of its outputs.", file: file, line: line)
      outputRegularizerPlace = CallSite(file: file, line: line)
    } else {
      requireWeight(weight, CallSite(file: file, line: line))
    }
    for variable in weights where isOption(weight, of: variable.name) {
      require(
        regularizer?.isDefined(rank: variable.shape.count) ?? true,
        Self.problem(variable.name, variable.shape), file: file, line: line)
      variable.regularizer = nil
    }
    keptOptions["\(weight)_regularizer"] = regularizer.map { KeptOption($0, of: weight) }
  }

  /// Gives a weight a constraint, which each step of an optimizer applies.
  ///
  /// Files keep it, as Keras's `kernel_constraint` for the weight `kernel`.
  ///
  /// ```swift
  /// let layer = Dense(10)
  /// layer.setConstraint(.maxNorm(3), of: "kernel")
  /// ```
  ///
  /// - Parameters:
  ///   - constraint: The constraint; `nil` for none.
  ///   - weight: The name of the weight in Keras's option, as for
  ///     ``setRegularizer(_:of:file:line:)``.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Precondition: The layer has the weight; checked as soon as it has weights.
  public final func setConstraint(
    _ constraint: Constraint?, of weight: String, file: StaticString = #fileID, line: UInt = #line
  ) {
    requireWeight(weight, CallSite(file: file, line: line))
    for variable in weights where isOption(weight, of: variable.name) {
      variable.constraint = nil
    }
    keptOptions["\(weight)_constraint"] = constraint.map { KeptOption($0, of: weight) }
  }

  /// The penalty on all trainable weights, and on the outputs of the last call in training: a
  /// scalar, or `nil` if nothing has a regularizer.
  ///
  /// `Model.fit` and `train` add it to the loss. A call in training is one with `training: true`;
  /// others leave the penalty on outputs as it is.
  public final var penalty: Tensor? {
    var sum = weightPenalty
    func add(_ layer: Layer) {
      if let penalty = layer.outputPenalty { sum = sum.map { $0 + penalty } ?? penalty }
      layer.innerLayers.forEach(add)
    }
    add(self)
    return sum
  }

  /// The penalty on all trainable weights; `nil` if none has a regularizer.
  package final var weightPenalty: Tensor? {
    var sum: Tensor?
    for variable in variables where variable.isTrainable {
      guard let regularizer = variable.regularizer else { continue }
      let penalty = regularizer(variable.value)
      sum = sum.map { $0 + penalty } ?? penalty
    }
    return sum
  }

  /// Gives the weights the regularizers and constraints of the options.
  final func applyKeptOptions() {
    guard !weights.isEmpty else { return }
    namedWeights.forEach(checkHasWeight)
    namedWeights = []
    for (options, prefix) in keptWeightOptions {
      for option in options.values {
        let (regularizer, constraint) = (option.regularizer, option.constraint)
        guard regularizer != nil || constraint != nil else { continue }
        for variable in weights where isOption(option.weight, of: variable.name, prefix) {
          if let regularizer, regularizer.isDefined(rank: variable.shape.count) {
            variable.regularizer = { regularizer($0) }
          }
          if let constraint { variable.constraint = { constraint($0) } }
        }
      }
    }
  }

  /// Checks that the layer has a weight, now or as soon as it has weights.
  private func requireWeight(_ name: String, _ place: CallSite) {
    if weights.isEmpty { namedWeights.append((name, place)) } else { checkHasWeight(name, place) }
  }

  private func checkHasWeight(_ option: String, _ place: CallSite) {
    require(
      weights.contains { isOption(option, of: $0.name) },
      """
      The layer '\(name)' has no weight '\(option)', only \
      \(weights.map { "'\($0.name)'" }.joined(separator: " and ")).
      """, file: place.file, line: place.line)
    let regularizer = keptOptions["\(option)_regularizer"]?.regularizer
    for weight in weights where isOption(option, of: weight.name) {
      require(
        regularizer?.isDefined(rank: weight.shape.count) ?? true,
        Self.problem(weight.name, weight.shape), file: place.file, line: place.line)
    }
  }

  private static func problem(_ weight: String, _ shape: Shape) -> String {
    "An orthogonal regularizer needs a weight with two axes, but '\(weight)' has the shape "
      + "\(shape)."
  }

  /// The options of regularizers that are not defined for weights or outputs of these shapes: Keras
  /// fails to train such a layer.
  ///
  /// - Parameters:
  ///   - weights: The weights of the layer.
  ///   - outputShape: The shape of the output, without the batch axis.
  /// - Returns: The names of the options.
  final func undefinedRegularizers(
    weights: [WeightSpecification], outputShape: Shape
  ) -> Set<String> {
    var undefined: Set<String> = []
    for (options, prefix) in keptWeightOptions + [(keptOptions, "")] {
      for (key, option) in options {
        guard let regularizer = option.regularizer else { continue }
        let ranks =
          option.weight == "activity"
          ? [outputShape.count + 1]
          : weights.filter { isOption(option.weight, of: $0.name, prefix) }.map(\.shape.count)
        if !ranks.allSatisfy(regularizer.isDefined) { undefined.insert(key) }
      }
    }
    if let distributed = self as? TimeDistributed {
      for plan in distributed.innerPlans(weights: weights, outputShape: outputShape) {
        undefined.formUnion(
          plan.layer.undefinedRegularizers(weights: plan.weights, outputShape: plan.outputShape))
      }
    }
    return undefined
  }

  /// Whether Keras's options of a name are those of a weight.
  private func isOption(_ option: String, of weight: String, _ prefix: String = "") -> Bool {
    switch self {
    case is MultiHeadAttention: weight.hasSuffix("_\(option)")
    case is DepthwiseConv2D, is DepthwiseConv1D:
      weight == option || option == "depthwise" && weight == "kernel"
    default: weight == prefix + option || weight == "\(prefix)\(option)_kernel"
    }
  }
}
