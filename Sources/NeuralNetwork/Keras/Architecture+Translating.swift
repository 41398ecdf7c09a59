import JSON
import Tensors

extension Architecture {
  /// Replaces features that a Keras generation lacks by equivalent layers.
  ///
  /// - Parameters:
  ///   - dialect: The Keras generation that will read the file; `nil` if none will.
  ///   - scalesGates: Whether layers may need other weights: those of a file multiplied by
  ///     ``Layer/gateScale``.
  /// - Returns: A model with the same variables in the same order, which shares all unchanged
  ///   layers.
  /// - Throws: ``KerasError/notInKeras(layer:feature:keras:)`` if there is no equivalent.
  package func translated(
    for dialect: KerasDialect?, scalingGates scalesGates: Bool = false
  ) throws(KerasError) -> Architecture {
    guard let dialect else { return self }
    var names = Set(layers.map(\.name))
    var replacements: [ObjectIdentifier: [Layer]] = [:]
    for layer in layers {
      if let replacement = try Self.replacement(
        for: layer, in: dialect, scalesGates, &names)
      {
        replacements[ObjectIdentifier(layer)] = replacement
      }
    }
    guard !replacements.isEmpty else { return self }
    return replacing(graph: graph.replacing(replacements))
  }

  /// Descriptions of everything that a file for the Keras generation cannot store.
  ///
  /// - Parameter dialect: The Keras generation that will read the file; `nil` if none will.
  /// - Returns: One description for each loss.
  package func lost(in dialect: KerasDialect?) -> [String] {
    guard let dialect else { return [] }
    var lost: [String] = []
    // Source: `operation_fn` in keras/src/models/functional.py.
    for call in graph.calls where call.isTrainingObeyed && dialect != .keras2 {
      lost.append(
        "training=\(call.training == true ? "True" : "False") of a call of the layer "
          + "'\(call.layer.name)', which Keras 3 overrides in fit")
    }
    for (input, name) in zip(inputs, inputNames(dialect)) where isFunctional && name != input.name {
      lost.append("the name '\(input.name)' of an input, which becomes '\(name)'")
    }
    if dialect != .keras2 {
      lost += graph.attentionWithSharedMasks.map {
        "a mask that reaches the layer '\($0.name)' and others, which Keras 3 removes after the "
          + "first of them"
      }
    }
    lost += graph.maskedAttention.filter {
      $0.dropout > 0 && ($0.emptyRows == .zero) == (dialect == .keras2)
    }.map {
      "what the layer '\($0.name)' does with steps that may attend to none: \(dialect.keras) "
        + (dialect == .keras2 ? "averages all values" : "returns the bias")
    }
    lost += graph.maskedSoftmax.filter { ($0.emptyRows == .zero) == (dialect == .keras2) }.map {
      "what the layer '\($0.name)' returns where the mask leaves out everything: \(dialect.keras) "
        + (dialect == .keras2 ? "returns equal shares" : "returns 0")
    }
    for layer in graph.maskedWithStates
    where layer.recurrentOptions?.usesMaskWithStates != (dialect == .keras2) {
      lost.append(
        dialect == .keras2
          ? "that the layer '\(layer.name)', which takes states, does not use the mask of its input"
          : "the mask of the input of the layer '\(layer.name)', which takes states")
    }
    for layer in layers
    where layer.recurrentOptions?.isStateful == true
      && inputs.contains(where: { $0.batchSize == nil })
    {
      lost.append(
        "the number of examples in a batch, without which \(dialect.keras) cannot load the "
          + "stateful layer '\(layer.name)'")
    }
    for (layer, name) in zip(layers, layerNames(dialect)) {
      if name != layer.name {
        lost.append(
          "the name '\(layer.name)' of a layer, which \(dialect.keras) forbids: it becomes "
            + "'\(name)'"
        )
      }
      if layer.penaltyDiffers(in: dialect) {
        lost.append(
          "what activity_regularizer in the layer '\(layer.name)' adds to the loss, which is "
            + "something else in \(dialect.keras)")
      }
      if let scale = layer.gateScale(for: dialect) {
        lost.append(
          "weights of the layer '\(layer.name)', which are multiplied by \(scale.factor), "
            + "because hard_sigmoid of \(dialect.keras) is another function: "
            + "outputs stay the same, but not further training")
      }
      let options = Set(layer.config.keys).subtracting(layer.config(for: dialect).keys)
      if layer is BaseImagePreprocessing, !options.isEmpty {
        lost.append(
          "\(options.sorted().joined(separator: ", ")) of the layer '\(layer.name)', which "
            + "\(dialect.keras) does not have")
      }
      // Source: `model_from_config` in keras/src/legacy/saving/saving_utils.py.
      if dialect == .wholeModel, let axes = layer.config["axis"]?.array, axes.count > 1 {
        lost.append(
          "several axes of the layer '\(layer.name)' for load_model, which forgets them in .h5: "
            + "use load_weights, or convert to .keras")
      }
      if let model = layer as? GraphModel ?? (layer as? TimeDistributed)?.model,
        let inner = Self(unbuilt: model)
      {
        lost += inner.lost(in: dialect)
      }
    }
    return lost
  }

  /// Creates the architecture of a model that may not be built.
  package init?(unbuilt model: GraphModel) {
    guard let graph = model.graph else { return nil }
    self.init(
      name: model.name, inputShapes: model.inputShapes ?? [], batchShapes: model.batchShapes,
      graph: graph, isFunctional: model is Functional)
  }

  /// The replacements of a layer; `nil` if it stays.
  private static func replacement(
    for layer: Layer, in dialect: KerasDialect, _ scalesGates: Bool, _ names: inout Set<String>
  ) throws(KerasError) -> [Layer]? {
    if let model = layer as? GraphModel, let inner = Self(unbuilt: model) {
      let translated = try inner.translated(for: dialect, scalingGates: scalesGates)
      guard
        zip(translated.layers, inner.layers).contains(where: { $0 !== $1 })
          || translated.layers.count != inner.layers.count
      else { return nil }
      let replacement = translated.makeModel()
      replacement.inputShapes = model.inputShapes
      replacement.isTrainable = model.isTrainable
      return [replacement]
    }
    if let distributed = layer as? TimeDistributed, let model = distributed.model {
      guard
        let inner = try replacement(for: model, in: dialect, scalesGates, &names)?.first
      else { return nil }
      let replacement = TimeDistributed(inner, name: layer.name)
      replacement.keptOptions = layer.keptOptions
      replacement.penalizesAsKeras2 = layer.penalizesAsKeras2
      return [replacement]
    }
    if let layer = layer as? BaseImagePreprocessing, !type(of: layer).isIn(dialect) {
      throw .notInKeras(
        layer: layer.name, feature: "the class \(type(of: layer).className)", keras: dialect.keras)
    }
    if dialect == .keras2, let layer = layer as? Resizing, case .pad = layer.aspectRatio {
      throw .notInKeras(
        layer: layer.name, feature: "the option pad_to_aspect_ratio", keras: dialect.keras)
    }
    if dialect == .keras2, let feature = (layer as? MultiHeadAttention)?.featureOfKeras3 {
      throw .notInKeras(layer: layer.name, feature: feature, keras: dialect.keras)
    }
    // Keras 3 sorts the axes, and with them the shapes of gamma and beta.
    if dialect != .keras2, let layer = layer as? LayerNormalization,
      layer.axes != layer.axes.sorted()
    {
      throw .notInKeras(
        layer: layer.name, feature: "the axes \(layer.axes) in this order", keras: dialect.keras)
    }
    if scalesGates, let scale = layer.gateScale(for: dialect) {
      let scaled = try copy(layer) {
        dialect == .keras2
          ? $0.replacing(.hardSigmoid, by: .keras2HardSigmoid)
          : $0.replacing(.keras2HardSigmoid, by: .hardSigmoid)
      }
      scaled.gateScale = scale
      return [scaled]
    }
    if let missing = layer.gateFunctions.first(where: { $0.kerasName(in: dialect) == nil }) {
      throw .notInKeras(
        layer: layer.name, feature: "the activation \(missing.rawValue) of a recurrent cell",
        keras: dialect.keras)
    }
    if dialect != .keras2, let layer = layer as? SeparableConv1D, layer.padding == .causal {
      let start = (layer.kernelSize - 1) * layer.dilationRate
      let padding = named(
        [ZeroPadding1D(start: start, end: 0)], after: "\(layer.name)_padding", &names)
      let valid = try copy(layer, "padding", Padding.valid.rawValue)
      return padding + (try replacement(for: valid, in: dialect, scalesGates, &names) ?? [valid])
    }
    guard let name = layer.config["activation"]?.string,
      let activation = ActivationFunction(rawValue: name), activation.kerasName(in: dialect) == nil
    else { return nil }
    guard let steps = activation.composition(in: dialect) else {
      throw .notInKeras(
        layer: layer.name, feature: "the activation \(name)", keras: dialect.keras)
    }
    if !(layer is Activation) {
      let linear = try copy(layer, "activation", ActivationFunction.linear.rawValue)
      let penalty = linear.keptOptions.removeValue(forKey: Self.outputPenalty)
      steps.last?.keptOptions[Self.outputPenalty] = penalty
      return [linear] + named(steps, after: "\(layer.name)_\(name)", &names)
    }
    steps.last?.keptOptions = layer.keptOptions
    names.remove(layer.name)
    return named(steps, after: layer.name, &names)
  }

  /// The option of a penalty on the outputs, which belongs to the last of several replacements.
  private static let outputPenalty = "activity_regularizer"

  /// An unbuilt copy of a layer with other options.
  private static func copy(
    _ layer: Layer, _ key: String, _ value: String
  ) throws(KerasError) -> Layer {
    try copy(layer) { .object(($0.object ?? [:]).merging([key: .string(value)]) { $1 }) }
  }

  private static func copy(
    _ layer: Layer, _ change: (JSON) -> JSON
  ) throws(KerasError) -> Layer {
    var config = layer.config
    config["name"] = .string(layer.name)
    let copy = try Layer.make(className: type(of: layer).className, config: change(.object(config)))
    copy.keptOptions = layer.keptOptions
    copy.penalizesAsKeras2 = layer.penalizesAsKeras2
    copy.isTrainable = layer.isTrainable
    return copy
  }

  /// Gives the replacements unique names; the last one gets the name of the original layer.
  private static func named(
    _ layers: [Layer], after name: String, _ names: inout Set<String>
  ) -> [Layer] {
    for (index, layer) in layers.enumerated() {
      var unique = index == layers.count - 1 ? name : "\(name)_\(index)"
      while !names.insert(unique).inserted { unique += "_" }
      layer.name = unique
    }
    return layers
  }
}

extension Layer {
  /// The options of a recurrent layer; those of the layer that goes forwards in both directions.
  fileprivate var recurrentOptions: RecurrentOptions? {
    switch self {
    case let layer as BaseRecurrent: layer.options
    case let layer as BaseConvLSTM: layer.options
    case let layer as Bidirectional: layer.forward.options
    default: nil
    }
  }
}

extension BaseImagePreprocessing {
  fileprivate static func isIn(_ dialect: KerasDialect) -> Bool {
    dialect == .keras2 ? keras2Options != nil : isInKeras3
  }
}

extension KerasDialect {
  /// The keys that name the class of a layer that is an option of another layer; Keras 3 looks for
  /// the class in its module.
  func keys(ofInnerLayer className: String) -> JSON.Object {
    guard self != .keras2 else { return ["class_name": .string(className)] }
    guard let type = KerasRegistry.layer(named: className) else {
      return KerasClass.keys(of: className)
    }
    return [
      "class_name": .string(className), "module": .string(type.module), "registered_name": .null,
    ]
  }

  /// The name of the Keras generation, as its users call it.
  package var keras: String { self == .keras2 ? "tf_keras" : "Keras 3" }
}

extension ActivationFunction {
  /// The name of the function in a Keras generation; `nil` if it lacks the function.
  func kerasName(in dialect: KerasDialect) -> String? {
    guard dialect == .keras2 else { return self == .keras2HardSigmoid ? nil : rawValue }
    return switch self {
    case .linear, .relu, .relu6, .leakyReLU, .elu, .selu, .gelu, .sigmoid, .tanh, .softplus,
      .softsign, .exponential, .mish, .softmax, .logSoftmax:
      rawValue
    case .celu: "elu"  // The same with their defaults.
    case .silu: "swish"
    case .keras2HardSigmoid: "hard_sigmoid"
    case .logSigmoid, .hardSigmoid, .hardSilu, .sparseSigmoid, .hardTanh, .tanhShrink, .hardShrink,
      .softShrink, .squareplus, .sparsePlus, .sparsemax, .glu:
      nil
    }
  }

  /// The name of the function in a file for a Keras generation: Cairn's own name if it lacks the
  /// function, in a checkpoint of a model that this Keras cannot have.
  func name(in dialect: KerasDialect) -> String { kerasName(in: dialect) ?? rawValue }

  /// Layers that compute a function that a Keras generation lacks; `nil` if there are none.
  func composition(in dialect: KerasDialect) -> [Layer]? {
    switch self {
    case .keras2HardSigmoid: [Rescaling(0.2, offset: 0.5), ReLU(maxValue: 1)]
    case .hardSigmoid: [Rescaling(.scalar(1 / 6), offset: 0.5), ReLU(maxValue: 1)]
    case .sparseSigmoid: [Rescaling(0.5, offset: 0.5), ReLU(maxValue: 1)]
    case .logSigmoid: [Rescaling(-1), Activation(.softplus), Rescaling(-1)]
    default: nil
    }
  }
}
