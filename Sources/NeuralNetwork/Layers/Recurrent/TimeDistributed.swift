public import JSON
import Preconditions
public import Tensors

/// Applies a layer to each step of sequences.
///
/// ```swift
/// let layer = TimeDistributed(Dense(4))
/// let steps = layer(Tensor(zeros: [8, 50, 3]))  // [8, 50, 3] → [8, 50, 4]
/// ```
///
/// A model can be applied too, such as one that sees each picture of a film. A
/// ``BatchNormalization`` in it takes its statistics of each step alone, as in Keras 3.
public final class TimeDistributed: Layer {
  /// The layer, which uses the weights of this one.
  public let layer: Layer

  /// The layers of a model and their weights, and the shape of its input, as last planned.
  private var plan: (layers: [LayerPlan], inputShape: Shape) = ([], [])

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - layer: The layer for each step, or a ``Sequential`` or ``Functional`` model with one input
  ///     and one output.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ layer: Layer, name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      Self.supports(layer),
      """
      TimeDistributed takes a layer, a Sequential or a Functional model with one input and one \
      output.
      """, file: file, line: line)
    self.layer = layer
    super.init(name: name)
  }

  /// Whether a layer has one input and one output.
  static func supports(_ layer: Layer) -> Bool {
    guard !(layer is Model) else {
      return layer is GraphModel && !layer.takesInputList && layer.outputCount == 1
    }
    return !Swift.type(of: layer).mergesInputs && layer.outputCount == 1
  }

  /// The model, if the layer is one.
  var model: GraphModel? { layer as? GraphModel }

  /// The layer in Keras's form.
  public override var config: JSON.Object { config(layer.config, for: .wholeModel) }

  /// The layer in the form of a Keras generation.
  override func config(for dialect: KerasDialect) -> JSON.Object {
    config(layer.config(for: dialect), for: dialect)
  }

  private func config(_ options: JSON.Object, for dialect: KerasDialect) -> JSON.Object {
    var entry: JSON.Object
    var options = options
    if let model, let inner = Architecture(unbuilt: model) {
      entry = inner.kerasConfig(dialect, returnsTensor: true).object ?? [:]
      options = entry["config"]?.object ?? [:]
    } else {
      entry = dialect.keys(ofInnerLayer: Swift.type(of: layer).className)
      for (key, kept) in layer.keptOptions { options[key] = kept.json(dialect) }
      options["name"] = .string(layer.name)
    }
    if !layer.isTrainable { options["trainable"] = .bool(false) }
    entry["config"] = .object(options)
    return ["layer": .object(entry)]
  }

  /// The activation functions that cannot be replaced by layers after this one.
  override var gateFunctions: [ActivationFunction] {
    guard model == nil else { return [] }
    let activation = layer.config["activation"]?.string.flatMap(ActivationFunction.init)
    return layer.gateFunctions + (activation.map { [$0] } ?? [])
  }

  override var innerLayers: [Layer] { [layer] }

  /// The random number generators of the layer.
  public override var seedGenerators: [SeedGenerator] { layer.seedGenerators }

  /// Whether calls may run at once.
  public override var isThreadSafe: Bool { layer.isThreadSafe }

  /// Whether the layer passes a mask on: it does.
  public override var supportsMasking: Bool { true }

  /// The mask of the steps: those with anything that is not masked, if the mask has more axes.
  public override func computeMask(_ inputs: [Tensor]) -> Tensor? {
    layer.passesMask ? inputs[0].mask : inputs[0].mask?.ofSteps
  }

  /// The weights of the layer, or of all layers of the model.
  public override func weightSpecifications(
    inputShape: Shape
  ) throws(ShapeError) -> [WeightSpecification] {
    let step = try step(inputShape)
    guard let model else {
      return try layer.weightSpecifications(inputShape: step).map { $0.frozen(unless: layer) }
    }
    plan = (try model.plan(inputShapes: [step]), step)
    return plan.layers.flatMap { plan in
      plan.weights.map { $0.named("\(plan.layer.name)/\($0.name)").frozen(unless: plan.layer) }
    }
  }

  /// The layers in this one, as planned for its weights and its output shape.
  func innerPlans(weights: [WeightSpecification], outputShape: Shape) -> [LayerPlan] {
    guard model == nil else { return plan.layers }
    return [
      LayerPlan(layer: layer, weights: weights, outputShape: Shape(outputShape.dropFirst()))
    ]
  }

  override func didCreateWeights() {
    guard let model else { return share(weights[...], with: layer) }
    var rest = weights[...]
    for plan in plan.layers {
      share(rest.prefix(plan.weights.count), with: plan.layer)
      rest = rest.dropFirst(plan.weights.count)
    }
    do { try model.finishBuilding(inputShapes: [plan.inputShape]) } catch { fail("\(error)") }
  }

  private func share(_ weights: ArraySlice<Variable>, with layer: Layer) {
    layer.share(
      Array(weights),
      as: weights.map {
        WeightSpecification(
          $0.name, shape: $0.shape, initializer: .zeros, isTrainable: $0.isTrainable,
          isInteger: $0.isInteger)
      })
  }

  /// Keras's inner layer has the weights.
  package override func group(ofWeight index: Int) -> String {
    guard let model else { return "layer/\(layer.group(ofWeight: index))" }
    var first = 0
    for (plan, group) in zip(plan.layers, model.groups(in: "layer/layers/")) {
      let place = index - first
      if place < plan.weights.count { return group + plan.layer.group(ofWeight: place) }
      first += plan.weights.count
    }
    return "layer/"
  }

  /// The number of steps, and the output shape of the layer.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    Shape(
      inputShape.prefix(1) + (try layer.outputShape(inputShape: try step(inputShape))).dimensions)
  }

  private func step(_ inputShape: Shape) throws(ShapeError) -> Shape {
    guard inputShape.count > 1 else {
      throw ShapeError(self, "needs an input with steps and features, not \(inputShape)")
    }
    return Shape(inputShape.dropFirst())
  }

  override func workingCount(inputShape: Shape) throws(ShapeError) -> Double {
    try layer.workingCount(inputShapes: [try step(inputShape)]) * Double(inputShape[0])
  }

  override func multiplicationCount(inputShape: Shape) throws(ShapeError) -> Double {
    try layer.multiplicationCount(inputShapes: [try step(inputShape)]) * Double(inputShape[0])
  }

  /// Applies the layer to each step.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    let (batch, steps) = (x.shape[0], x.shape[1])
    if training, steps > 1, layer.hasBatchStatistics {
      let outputs = (0..<steps).map { step -> Tensor in
        let mask = x.mask.map { $0.slice(step..<step + 1, axis: 1) }
        let y = together(
          x.slice(step..<step + 1, axis: 1).withMask(mask), of: steps, training: training)
        return y.reshaped(Shape([batch, 1] + y.shape.dropFirst()))
      }
      return Tensor(concatenating: outputs, axis: 1)
    }
    let y = together(x, of: steps, training: training)
    return y.reshaped(Shape([batch, steps] + y.shape.dropFirst()))
  }

  /// Applies the layer to steps as one batch.
  ///
  /// - Parameters:
  ///   - x: All steps, or one of them.
  ///   - steps: The number of steps of the whole input.
  ///   - training: Whether the call is part of training.
  /// - Returns: The output, with steps and examples as one axis.
  private func together(_ x: Tensor, of steps: Int, training: Bool) -> Tensor {
    let count = x.shape[0] * x.shape[1]
    let mask = x.mask.flatMap { mask in
      mask.rank > 2 ? mask.reshaped(Shape([count] + mask.shape.dropFirst(2))) : nil
    }
    let rows = x.reshaped(Shape([count] + x.shape.dropFirst(2))).withMask(mask)
    guard let penalties = OutputPenalties.current else {
      return layer.call(rows, training: training)
    }
    let (y, penalty) = OutputPenalties.collect {
      let y = layer.call(rows, training: training)
      // In Keras 3, the penalty on the output of the layer itself is lost.
      if penalizesAsKeras2, layer.penalizesOwnOutputs { layer.penalize([y]) }
      return y
    }
    // The penalties are divided by the number of rows, those of Keras 3 only by that of examples.
    var factor = Float(x.shape[1]) / (penalizesAsKeras2 ? Float(steps) : 1)
    // tf_keras runs a model once more for its mask, and counts its penalties again.
    // Source: `compute_mask` in tf_keras/src/engine/functional.py.
    if penalizesAsKeras2, model != nil { factor *= 2 }
    if let penalty { penalties.add(factor == 1 ? penalty : penalty * factor) }
    return y
  }
}

extension WeightSpecification {
  /// The weight with another name.
  fileprivate func named(_ name: String) -> WeightSpecification {
    WeightSpecification(
      name, shape: shape, initializer: initializer, isTrainable: isTrainable, isInteger: isInteger)
  }

  /// The weight, which is not trained if its layer is frozen.
  fileprivate func frozen(unless layer: Layer) -> WeightSpecification {
    WeightSpecification(
      name, shape: shape, initializer: initializer, isTrainable: isTrainable && layer.isTrainable,
      isInteger: isInteger)
  }
}

extension Layer {
  /// Whether training computes statistics of the batch.
  var hasBatchStatistics: Bool {
    self is BatchNormalization || innerLayers.contains(where: \.hasBatchStatistics)
  }
}

extension GraphModel {
  /// The groups of the layers that are no models, in the order of the model's variables, in a tree
  /// of Keras 3.
  fileprivate func groups(in container: String) -> [String] {
    var counts: [String: Int] = [:]
    return layers.flatMap { layer -> [String] in
      let base = layer.classNameInFiles.snakeCased
      let count = counts[base, default: 0]
      counts[base] = count + 1
      let group = "\(container)\(base)\(count == 0 ? "" : "_\(count)")/"
      return (layer as? GraphModel)?.groups(in: "\(group)layers/") ?? [group]
    }
  }
}

extension TimeDistributed: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    let layer = try reader.layer("layer")
    guard Self.supports(layer) else {
      throw reader.problem("layer", "has several inputs or outputs, which is not supported")
    }
    self.init(layer, name: reader.name)
  }
}
