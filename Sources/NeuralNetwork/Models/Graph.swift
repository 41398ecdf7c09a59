import Preconditions
package import Tensors

/// The graph of a model: calls of its layers on the model's input or on results of earlier calls.
public struct Graph {
  /// The input of a call.
  public enum Source: Hashable, Sendable {
    /// The model's input.
    case input

    /// The result of a call, by its index in ``Graph/calls``.
    case call(Int)
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

  /// The output of the model.
  public let output: Source

  /// The layers, each once, in the order of Keras's `model.layers`.
  public let layers: [Layer]

  /// The number of uses of each call's result.
  private let useCounts: [Int]

  /// Creates a graph in which each layer takes the output of the previous one.
  init(chain layers: [Layer]) {
    self.init(
      calls: layers.indices.map { index in
        Call(layer: layers[index], inputs: [index == 0 ? .input : .call(index - 1)])
      }, output: layers.isEmpty ? .input : .call(layers.count - 1))
  }

  /// Creates a graph of calls, without those that the output does not depend on.
  ///
  /// - Parameters:
  ///   - calls: The calls in topological order.
  ///   - output: The output of the model.
  init(calls: [Call], output: Source) {
    let visit = DepthFirstVisit(calls: calls, output: output)
    let newIndex = Dictionary(
      uniqueKeysWithValues: visit.finished.enumerated().map { ($1, $0) })
    func renumbered(_ source: Source) -> Source {
      guard case .call(let index) = source, let new = newIndex[index] else { return .input }
      return .call(new)
    }
    let kept = visit.finished.map { index in
      calls[index].replacing(inputs: calls[index].inputs.map(renumbered))
    }
    var useCounts = kept.map { _ in 0 }
    for source in kept.flatMap(\.inputs) + [renumbered(output)] {
      if case .call(let index) = source { useCounts[index] += 1 }
    }
    self.calls = kept
    self.output = renumbered(output)
    self.useCounts = useCounts
    self.layers = visit.layers
  }

  /// The layers as a chain; `nil` unless each takes only the output of the previous one, runs once,
  /// and has no `training` argument of its own.
  public var chain: [Layer]? {
    for (index, call) in calls.enumerated() {
      guard !call.isTrainingObeyed, call.inputs == [index == 0 ? .input : .call(index - 1)] else {
        return nil
      }
    }
    return layers.count == calls.count ? layers : nil
  }

  /// Runs the layers.
  ///
  /// - Parameters:
  ///   - x: The model's input.
  ///   - training: Whether the call is part of training.
  /// - Returns: The model's output.
  func callAsFunction(_ x: Tensor, training: Bool) -> Tensor {
    run(x, training: training) { $1 }
  }

  /// Runs the layers for a prediction, with a function between the layers.
  ///
  /// - Parameters:
  ///   - x: The model's input.
  ///   - transform: Receives the index of a call and its result, and returns what the next layers
  ///     get instead.
  /// - Returns: The model's output.
  package func output(of x: Tensor, transforming transform: (Int, Tensor) -> Tensor) -> Tensor {
    run(x, training: false, transform)
  }

  private func run(
    _ x: Tensor, training: Bool, _ transform: (Int, Tensor) -> Tensor
  ) -> Tensor {
    var index = -1
    // A result is released after its last use, so that a chain holds at most two results.
    var uses = useCounts
    return walk(x) { call, inputs in
      let training = (call.isTrainingObeyed ? call.training : nil) ?? training
      index += 1
      return transform(
        index,
        Swift.type(of: call.layer).mergesInputs
          ? call.layer.run(inputs, training: training)
          : call.layer.run(inputs[0], training: training))
    } release: { index in
      uses[index] -= 1
      return uses[index] == 0
    }
  }

  /// Computes the output shape of each call.
  ///
  /// - Parameters:
  ///   - inputShape: The shape of the model's input, without the batch axis.
  ///   - body: Called for each call with its input shapes, before its output shape is computed.
  /// - Returns: The shape of the model's output, without the batch axis.
  /// - Throws: ``ShapeError`` if a layer does not support its input shapes, or the error of `body`.
  @discardableResult
  func forEachCall(
    inputShape: Shape, _ body: (Call, _ inputShapes: [Shape]) throws(ShapeError) -> Void
  ) throws(ShapeError) -> Shape {
    try walk(inputShape) { (call, shapes) throws(ShapeError) in
      try body(call, shapes)
      return try call.layer.outputShape(inputShapes: shapes)
    } release: { _ in
      false
    }
  }

  /// Computes the output shape of each call, and tracks which results are needed at the same time.
  ///
  /// - Parameters:
  ///   - inputShape: The shape of the model's input, without the batch axis.
  ///   - budget: The budget, whose live elements are tracked.
  ///   - body: Returns the output shape of a call; it receives the call, its input shapes, the
  ///     elements of those inputs that no later call needs, and the budget.
  /// - Returns: The shape of the model's output, without the batch axis.
  /// - Throws: The error of `body`.
  func walk(
    _ inputShape: Shape, counting budget: inout ModelBudget,
    _ body: (Call, [Shape], _ released: Double, inout ModelBudget) throws(ShapeError) -> Shape
  ) throws(ShapeError) -> Shape {
    var uses = useCounts
    var sizes: [Double] = []
    var released = 0.0
    return try walk(inputShape) { (call, shapes) throws(ShapeError) in
      budget.live -= released
      let shape = try body(call, shapes, released, &budget)
      released = 0
      sizes.append(shape.elements)
      budget.live += shape.elements
      return shape
    } release: { index in
      uses[index] -= 1
      guard uses[index] == 0 else { return false }
      released += sizes[index]
      return true
    }
  }

  /// Computes a value for each call from the values of its inputs.
  private func walk<Value, Failure: Error>(
    _ input: Value, _ compute: (Call, [Value]) throws(Failure) -> Value, release: (Int) -> Bool
  ) throws(Failure) -> Value {
    var values: [Value?] = []
    func value(of source: Source) -> Value {
      guard case .call(let index) = source else { return input }
      guard let value = values[index] else {
        fail("Internal error: the result of a layer was released before its last use.")
      }
      if release(index) { values[index] = nil }
      return value
    }
    for call in calls { values.append(try compute(call, call.inputs.map(value))) }
    return value(of: output)
  }
}
