public import JSON
import Preconditions
public import Tensors

/// Runs a recurrent layer in both directions, and merges the outputs or returns both.
///
/// Source: M. Schuster and K. Paliwal, *Bidirectional Recurrent Neural Networks*, 1997.
///
/// ```swift
/// let layer = Bidirectional(LSTM(32))
/// let both = layer(Tensor(zeros: [8, 50, 3]))  // [8, 50, 3] → [8, 64]
/// ```
public final class Bidirectional: Layer {
  /// How the outputs of both directions are merged; the raw values are Keras's.
  public enum MergeMode: String, CaseIterable, Sendable {
    /// One after the other along the last axis.
    case concatenate = "concat"
    /// Their sum.
    case sum
    /// Their product.
    case multiply = "mul"
    /// Their mean.
    case average = "ave"
  }

  /// The layer that goes forwards.
  ///
  /// Its own weights are not used: this layer has those of both.
  public let forward: BaseRecurrent
  /// The layer that goes backwards.
  public let backward: BaseRecurrent
  /// How the outputs are merged; `nil` if they stay apart: Keras's `merge_mode=None`.
  public let mergeMode: MergeMode?

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - layer: The recurrent layer that goes forwards.
  ///   - backward: The one that goes backwards; `nil` for one with the same options.
  ///   - mergeMode: How the outputs are merged; `nil` for two outputs, that of the layer that goes
  ///     forwards first: see ``Layer/outputs(of:training:file:line:)``.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ layer: BaseRecurrent, backward: BaseRecurrent? = nil, mergeMode: MergeMode? = .concatenate,
    name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    forward = layer.copy(goesBackwards: layer.options.goesBackwards)
    self.backward =
      backward.map { $0.copy(goesBackwards: $0.options.goesBackwards) }
      ?? layer.copy(goesBackwards: !layer.options.goesBackwards)
    require(
      forward.options.goesBackwards != self.backward.options.goesBackwards
        && forward.options.returnsSequences == self.backward.options.returnsSequences
        && forward.options.returnsState == self.backward.options.returnsState
        && (forward.units == self.backward.units || !Self.needsEqualUnits(mergeMode)),
      """
      The layers of a Bidirectional layer must go in different directions and return outputs of \
      the same shape.
      """, file: file, line: line)
    self.mergeMode = mergeMode
    super.init(name: name)
  }

  /// Whether the outputs are merged element by element.
  private static func needsEqualUnits(_ mode: MergeMode?) -> Bool {
    mode.map { $0 != .concatenate } ?? false
  }

  /// The layers and the mode in Keras's form.
  public override var config: JSON.Object { config(for: .wholeModel) { $0.config } }

  /// The layers in the form of a Keras generation.
  override func config(for dialect: KerasDialect) -> JSON.Object {
    config(for: dialect) { $0.config(for: dialect) }
  }

  private func config(
    for dialect: KerasDialect, _ config: (BaseRecurrent) -> JSON.Object
  ) -> JSON.Object {
    func object(_ layer: BaseRecurrent, _ prefix: String) -> JSON {
      let base = Swift.type(of: layer).className
      var options = config(layer)
      for (key, kept) in layer.keptOptions { options[key] = kept.json(dialect) }
      options["name"] = .string(prefix + base.snakeCased)
      return .object(
        dialect.keys(ofInnerLayer: base).merging(["config": .object(options)]) { $1 })
    }
    return [
      "layer": object(forward, "forward_"), "backward_layer": object(backward, "backward_"),
      "merge_mode": mergeMode.map { .string($0.rawValue) } ?? .null,
    ]
  }

  override var keptWeightOptions: [(options: [String: KeptOption], prefix: String)] {
    [(forward.keptOptions, "forward_"), (backward.keptOptions, "backward_")]
  }

  /// The activation functions of both cells.
  override var gateFunctions: [ActivationFunction] {
    forward.gateFunctions + backward.gateFunctions
  }

  /// The random number generators of both layers.
  public override var seedGenerators: [SeedGenerator] {
    forward.seedGenerators + backward.seedGenerators
  }

  /// Whether calls may run at once: not if a layer keeps its state between them.
  public override var isThreadSafe: Bool { forward.isThreadSafe && backward.isThreadSafe }

  /// Whether the layer passes a mask on: it does.
  public override var supportsMasking: Bool { true }

  package override var passesMask: Bool { forward.passesMask }

  /// The mask of the input for the outputs of all steps; none for the last output.
  public override func computeMask(_ inputs: [Tensor]) -> Tensor? { forward.computeMask(inputs) }

  /// The weights of the layer that goes forwards, then those of the other.
  public override func weightSpecifications(
    inputShape: Shape
  ) throws(ShapeError) -> [WeightSpecification] {
    var all: [WeightSpecification] = []
    for (layer, prefix) in [(forward, "forward"), (backward, "backward")] {
      all += try layer.weightSpecifications(inputShape: inputShape).map {
        WeightSpecification("\(prefix)_\($0.name)", shape: $0.shape, initializer: $0.initializer)
      }
    }
    return all
  }

  /// Keras's cells have the weights.
  package override func group(ofWeight index: Int) -> String {
    let isForward = index < forward.weightCount
    return isForward
      ? "forward_layer/\(forward.group(ofWeight: index))"
      : "backward_layer/\(backward.group(ofWeight: index - forward.weightCount))"
  }

  /// The shape of the merged outputs, or of the first one.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    let (one, other) = (
      try forward.outputShape(inputShape: inputShape),
      try backward.outputShape(inputShape: inputShape)
    )
    guard mergeMode == .concatenate else { return one }
    return Shape(one.dropLast() + [(one.last ?? 0) + (other.last ?? 0)])
  }

  override func workingCount(inputShape: Shape) throws(ShapeError) -> Double {
    try forward.workingCount(inputShape: inputShape) + backward.workingCount(inputShape: inputShape)
  }

  override func multiplicationCount(inputShape: Shape) throws(ShapeError) -> Double {
    try forward.multiplicationCount(inputShape: inputShape)
      + backward.multiplicationCount(inputShape: inputShape)
  }

  override var stateCount: Int { forward.stateCount + backward.stateCount }

  package override var sequenceOutputCount: Int { mergeMode == nil ? 2 : 1 }

  override var outputCount: Int {
    sequenceOutputCount + (forward.options.returnsState ? stateCount : 0)
  }

  /// The shapes of the merged output or of both outputs, and of the states of both directions if
  /// they are returned.
  public override func outputShapes(inputShapes: [Shape]) throws(ShapeError) -> [Shape] {
    let (before, after) = halves(of: inputShapes)
    try forward.checkStates(before, in: self, count: forward.stateCount, units: forward.units)
    try backward.checkStates(after, in: self, count: backward.stateCount, units: backward.units)
    let states =
      (0..<forward.stateCount).map { _ in [forward.units] as Shape }
      + (0..<backward.stateCount).map { _ in [backward.units] }
    var outputs = [try outputShape(inputShape: inputShapes[0])]
    if mergeMode == nil { outputs.append(try backward.outputShape(inputShape: inputShapes[0])) }
    return outputs + (forward.options.returnsState ? states : [])
  }

  /// The input with the states of each direction.
  private func halves<Input>(of inputs: [Input]) -> (forward: [Input], backward: [Input]) {
    let states = inputs.dropFirst()
    let half = states.count == stateCount ? forward.stateCount : states.count
    return ([inputs[0]] + states.prefix(half), [inputs[0]] + states.dropFirst(half))
  }

  /// Goes through the sequences in both directions.
  ///
  /// - Precondition: The outputs are merged.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    require(
      mergeMode != nil, "The layer '\(name)' has \(outputCount) outputs: call `outputs(of:)`.")
    return callForOutputs([x], training: training)[0]
  }

  /// Goes through the sequences in both directions, from given states, and returns the states too
  /// if the layers do.
  ///
  /// - Parameters:
  ///   - inputs: The input, and the states before the first step if there are any, those of the
  ///     layer that goes forwards first.
  ///   - training: Whether the call is part of training.
  /// - Returns: The merged output or both outputs, and the states of both layers if they return
  ///   them.
  public override func callForOutputs(_ inputs: [Tensor], training: Bool) -> [Tensor] {
    let values = weights.map(\.value)
    let count = forward.weightCount
    let (before, after) = halves(of: inputs)
    let one = forward.run(
      inputs[0], states: Array(before.dropFirst()), weights: Array(values.prefix(count)),
      keepsOrder: true, training: training)
    let other = backward.run(
      inputs[0], states: Array(after.dropFirst()), weights: Array(values.dropFirst(count)),
      keepsOrder: true, training: training)
    let returnsState = forward.options.returnsState
    forward.penalize([one.output] + (returnsState ? one.states : []))
    backward.penalize([other.output] + (returnsState ? other.states : []))
    let outputs =
      switch mergeMode {
      case .concatenate: [Tensor(concatenating: [one.output, other.output], axis: -1)]
      case .sum: [one.output + other.output]
      case .multiply: [one.output * other.output]
      case .average: [(one.output + other.output) / 2]
      case nil: [one.output, other.output]
      }
    return outputs + (returnsState ? one.states + other.states : [])
  }
}

extension Bidirectional: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] {
    ["forward", "backward"].flatMap { direction in
      ["kernel", "recurrent_kernel", "bias"].map { "\(direction)_\($0)" }
    }
  }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    guard let first = try reader.layer("layer") as? BaseRecurrent else {
      throw reader.problem("layer", "is not a recurrent layer")
    }
    var other: BaseRecurrent?
    if reader.has("backward_layer") {
      guard let layer = try reader.layer("backward_layer") as? BaseRecurrent else {
        throw reader.problem("backward_layer", "is not a recurrent layer")
      }
      other = layer
    }
    var mode: MergeMode? = reader.has("merge_mode") ? nil : .concatenate
    if let option = reader.config["merge_mode"] {
      mode = option.string.flatMap(MergeMode.init)
      guard mode != nil else {
        let modes = MergeMode.allCases.map(\.rawValue).joined(separator: ", ")
        throw reader.problem("merge_mode", "is \(option.string ?? "none"), not one of \(modes)")
      }
    }
    let backward = other ?? first.copy(goesBackwards: !first.options.goesBackwards)
    guard first.options.goesBackwards != backward.options.goesBackwards,
      first.options.returnsSequences == backward.options.returnsSequences,
      first.options.returnsState == backward.options.returnsState,
      first.units == backward.units || !Self.needsEqualUnits(mode)
    else {
      throw reader.problem("backward_layer", "does not fit the other layer")
    }
    self.init(first, backward: backward, mergeMode: mode, name: reader.name)
  }
}

extension BaseRecurrent {
  /// A layer with the same options, without weights, in a direction; masked outputs are 0, as Keras
  /// has them in both directions.
  fileprivate func copy(goesBackwards: Bool) -> BaseRecurrent {
    var options = options
    options.goesBackwards = goesBackwards
    options.zerosMaskedOutputs = options.returnsSequences
    let copy: BaseRecurrent =
      switch kind {
      case .simple: SimpleRNN(units, options: options)
      case .lstm: LSTM(units, options: options)
      case .gru(let resetsAfter): GRU(units, resetsAfter: resetsAfter, options: options)
      }
    copy.keptOptions = keptOptions
    copy.outputRegularizerPlace = outputRegularizerPlace
    return copy
  }
}
