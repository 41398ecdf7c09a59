import Preconditions
package import Tensors

/// The graph of a model: calls of its layers on the model's inputs or on results of earlier calls.
///
/// ```swift
/// let graph = try CheckpointFile(opening: path).loadModel().graph
/// for call in graph?.calls ?? [] {
///   print(call.layer.name, call.inputs)  // conv1 reads the input, flatten call 0, …
/// }
/// ```
public struct Graph {
  /// A value in a graph: an input of a call, or an output of the model.
  public enum Source: Hashable, Sendable {
    /// An input of the model, by its index.
    case input(Int)

    /// An output of a call, by the index of the call in ``Graph/calls`` and that of the output.
    case call(Int, output: Int)
  }

  /// One call of a layer.
  public struct Call {
    /// The layer.
    public let layer: Layer

    /// The inputs of the call; several if the layer merges inputs.
    public let inputs: [Source]

    /// The argument `training` of the call in a file, if any.
    public let training: Bool?

    /// Whether ``training`` overrides the model's value, as in tf_keras; in Keras 3, the model's
    /// value wins.
    public let isTrainingObeyed: Bool

    init(
      layer: Layer, inputs: [Source], training: Bool? = nil, isTrainingObeyed: Bool = false
    ) {
      self.layer = layer
      self.inputs = inputs
      self.training = training
      self.isTrainingObeyed = isTrainingObeyed && training != nil
    }

    /// The same call with another layer or other inputs.
    func replacing(layer: Layer? = nil, inputs: [Source]) -> Call {
      Call(
        layer: layer ?? self.layer, inputs: inputs, training: training,
        isTrainingObeyed: isTrainingObeyed)
    }
  }

  /// The calls in topological order.
  public let calls: [Call]

  /// The names of the model's inputs, in their order.
  public let inputNames: [String]

  /// The outputs of the model, in their order.
  public let outputs: [Source]

  /// The names of the outputs; `nil` if they have those of their layers.
  let ownOutputNames: [String]?

  /// Whether Keras's model takes a dictionary of inputs, or returns one of outputs.
  let dictionaries: Dictionaries

  /// The layers, each once, in the order of Keras's `model.layers`.
  public let layers: [Layer]

  /// The number of uses of each call's results.
  private let useCounts: [Int]

  /// Which ends of a model are dictionaries in Keras; otherwise they are single tensors or lists.
  struct Dictionaries {
    var inputs = false
    var outputs = false
  }

  /// Creates a graph in which each layer takes the output of the previous one; the outputs of the
  /// model are those of the last layer.
  init(chain layers: [Layer]) {
    let last = layers.count - 1
    self.init(
      calls: layers.indices.map { index in
        Call(
          layer: layers[index], inputs: [index == 0 ? .input(0) : .call(index - 1, output: 0)])
      },
      outputs: layers.isEmpty
        ? [.input(0)] : (0..<layers[last].outputCount).map { .call(last, output: $0) })
  }

  /// Creates a graph of calls, without those that the outputs do not depend on.
  ///
  /// - Parameters:
  ///   - calls: The calls in topological order.
  ///   - inputNames: The names of the model's inputs.
  ///   - outputs: The outputs of the model.
  ///   - outputNames: The names of the outputs; `nil` for those of their layers.
  ///   - dictionaries: Which ends of the model are dictionaries in Keras.
  init(
    calls: [Call], inputNames: [String] = ["input_layer"], outputs: [Source],
    outputNames: [String]? = nil, dictionaries: Dictionaries = Dictionaries()
  ) {
    let visit = DepthFirstVisit(calls: calls, outputs: outputs)
    let newIndex = Dictionary(
      uniqueKeysWithValues: visit.finished.enumerated().map { ($1, $0) })
    func renumbered(_ source: Source) -> Source {
      guard case .call(let index, let output) = source, let new = newIndex[index] else {
        return source
      }
      return .call(new, output: output)
    }
    let kept = visit.finished.map { index in
      calls[index].replacing(inputs: calls[index].inputs.map(renumbered))
    }
    let outputs = outputs.map(renumbered)
    var useCounts = kept.map { _ in 0 }
    for source in kept.flatMap(\.inputs) + outputs {
      if case .call(let index, _) = source { useCounts[index] += 1 }
    }
    self.calls = kept
    self.inputNames = inputNames
    self.outputs = outputs
    self.ownOutputNames = outputNames
    self.dictionaries = dictionaries
    self.useCounts = useCounts
    self.layers = visit.layers
  }

  /// The same model with other calls, or other outputs.
  func replacing(calls: [Call], outputs: [Source]) -> Graph {
    Graph(
      calls: calls, inputNames: inputNames, outputs: outputs, outputNames: ownOutputNames,
      dictionaries: dictionaries)
  }

  /// The output of a model with one output.
  public var output: Source { outputs[0] }

  /// The names of the outputs, in their order: those of their layers unless the model gives others.
  ///
  /// Further outputs of one layer get the numbers 1, 2, …, as in `tf_keras`.
  public var outputNames: [String] {
    if let ownOutputNames { return ownOutputNames }
    var taken: Set<String> = []
    return outputs.map { source in
      let name: String
      switch source {
      case .input(let index): name = inputNames[index]
      case .call(let index, _): name = calls[index].layer.name
      }
      var unique = name
      var number = 0
      while !taken.insert(unique).inserted {
        number += 1
        unique = "\(name)_\(number)"
      }
      return unique
    }
  }

  /// The layers as a chain; `nil` unless the model has one input and one output, and each layer
  /// takes only the output of the previous one, runs once, and has one output and no `training`
  /// argument of its own.
  public var chain: [Layer]? {
    guard inputNames.count == 1, outputs.count == 1 else { return nil }
    for (index, call) in calls.enumerated() {
      let previous = index == 0 ? Source.input(0) : .call(index - 1, output: 0)
      guard !call.isTrainingObeyed, call.inputs == [previous], call.layer.outputCount == 1 else {
        return nil
      }
    }
    return layers.count == calls.count ? layers : nil
  }

  /// Runs the layers.
  ///
  /// - Parameters:
  ///   - inputs: The model's inputs.
  ///   - training: Whether the call is part of training.
  /// - Returns: The model's outputs.
  func callAsFunction(_ inputs: [Tensor], training: Bool) -> [Tensor] {
    run(inputs, training: training) { $1 }
  }

  /// Runs the layers of a model with one input and one output for a prediction, with a function
  /// between the layers.
  ///
  /// - Parameters:
  ///   - x: The model's input.
  ///   - transform: Receives the index of a call and its first result, and returns what the next
  ///     layers get instead.
  /// - Returns: The model's output.
  package func output(of x: Tensor, transforming transform: (Int, Tensor) -> Tensor) -> Tensor {
    run([x], training: false) { index, outputs in
      [transform(index, outputs[0])] + outputs.dropFirst()
    }[0]
  }

  private func run(
    _ inputs: [Tensor], training: Bool, _ transform: (Int, [Tensor]) -> [Tensor]
  ) -> [Tensor] {
    var index = -1
    // A result is released after its last use, so that a chain holds at most two results.
    var uses = useCounts
    return walk(inputs) { call, inputs in
      let training = (call.isTrainingObeyed ? call.training : nil) ?? training
      index += 1
      return transform(index, call.layer.runForOutputs(inputs, training: training))
    } release: { index in
      uses[index] -= 1
      return uses[index] == 0
    }
  }

  /// Computes the output shapes of each call.
  ///
  /// - Parameters:
  ///   - inputShapes: The shapes of the model's inputs, without the batch axis.
  ///   - body: Called for each call with its input shapes, before its output shapes are computed.
  /// - Returns: The shapes of the model's outputs, without the batch axis.
  /// - Throws: ``ShapeError`` if a layer does not support its input shapes, or the error of `body`.
  @discardableResult
  func forEachCall(
    inputShapes: [Shape], _ body: (Call, _ inputShapes: [Shape]) throws(ShapeError) -> Void
  ) throws(ShapeError) -> [Shape] {
    try walk(inputShapes) { (call, shapes) throws(ShapeError) in
      try body(call, shapes)
      return try call.layer.outputShapes(inputShapes: shapes)
    } release: { _ in
      false
    }
  }

  /// Computes the output shapes of each call, and tracks which results are needed at the same time.
  ///
  /// - Parameters:
  ///   - inputShapes: The shapes of the model's inputs, without the batch axis.
  ///   - budget: The budget, whose live elements are tracked.
  ///   - body: Returns the output shapes of a call; it receives the call, its input shapes, the
  ///     elements of those inputs that no later call needs, and the budget.
  /// - Returns: The shapes of the model's outputs, without the batch axis.
  /// - Throws: The error of `body`.
  func walk(
    _ inputShapes: [Shape], counting budget: inout ModelBudget,
    _ body: (Call, [Shape], _ released: Double, inout ModelBudget) throws(ShapeError) -> [Shape]
  ) throws(ShapeError) -> [Shape] {
    var uses = useCounts
    var sizes: [Double] = []
    var released = 0.0
    return try walk(inputShapes) { (call, shapes) throws(ShapeError) in
      budget.live -= released
      let shapes = try body(call, shapes, released, &budget)
      released = 0
      let size = shapes.reduce(0) { $0 + $1.elements }
      sizes.append(size)
      budget.live += size
      return shapes
    } release: { index in
      uses[index] -= 1
      guard uses[index] == 0 else { return false }
      released += sizes[index]
      return true
    }
  }

  /// Computes the values of each call from those of its inputs.
  private func walk<Value, Failure: Error>(
    _ inputs: [Value], _ compute: (Call, [Value]) throws(Failure) -> [Value],
    release: (Int) -> Bool
  ) throws(Failure) -> [Value] {
    var values: [[Value]] = []
    func value(of source: Source) -> Value {
      switch source {
      case .input(let index): return inputs[index]
      case .call(let index, let output):
        guard values[index].indices.contains(output) else {
          fail("Internal error: the result of a layer was released before its last use.")
        }
        let value = values[index][output]
        if release(index) { values[index] = [] }
        return value
      }
    }
    for call in calls { values.append(try compute(call, call.inputs.map(value))) }
    return outputs.map(value)
  }
}
