import Preconditions
public import Tensors

/// A model that consists only of a graph of layers, so that a file can describe it.
///
/// The subclasses are Keras's ``Sequential`` and ``Functional``.
///
/// ```swift
/// let model: GraphModel = try CheckpointFile(opening: path).loadModel()
/// print(model.layers.map(\.name))  // ["conv1", "flatten", "d1", "d2"]
/// ```
open class GraphModel: Model {
  private let structure: Graph

  /// The shapes of the inputs in the file; `nil` if only the sizes of batches are open.
  final var batchShapes: [BatchShape]?

  /// The extents of the inputs, with `nil` for those that a file leaves open; `nil` if none is
  /// open.
  package final var inputExtents: [[Int?]]? {
    guard let batchShapes, batchShapes.contains(where: \.isOpen) else { return nil }
    return batchShapes.map(\.extents)
  }

  /// Creates a model.
  ///
  /// - Parameters:
  ///   - graph: The graph of layers. Layers without a name are named after their class: `dense`,
  ///     `dense_1`.
  ///   - name: The name of the model; defaults to the class name in snake case.
  init(_ graph: Graph, name: String?) {
    structure = graph
    super.init(name: name)
    self.graph = graph
    var counts: [String: Int] = [:]
    var taken = Set(graph.layers.filter(\.isNamed).map(\.name))
    for layer in graph.layers where !layer.isNamed {
      let base = Swift.type(of: layer).className.snakeCased
      repeat {
        let count = counts[base, default: 0]
        counts[base] = count + 1
        layer.name = count == 0 ? base : "\(base)_\(count)"
      } while !taken.insert(layer.name).inserted
    }
    require(
      Set(graph.layers.map(\.name)).count == graph.layers.count,
      "The layers of a model must have different names, but they are \(graph.layers.map(\.name)).")
  }

  /// The layers, in the order of Keras's `model.layers`.
  public final override var layers: [Layer] { structure.layers }

  /// Creates the weights of all layers from the shapes, without running the model.
  ///
  /// - Parameter inputShapes: The shapes of the inputs, without the batch axis.
  /// - Precondition: Each layer supports its input shapes.
  public final override func build(inputShapes: [Shape]) {
    guard !isBuilt else { return }
    requireAll(inputShapes)
    prepareLayers()
    do {
      try structure.forEachCall(inputShapes: inputShapes) { call, shapes in
        call.layer.build(inputShapes: shapes)
      }
    } catch {
      fail("\(error)")
    }
    self.inputShapes = inputShapes
  }

  /// Runs the layers of a model with one input and one output.
  public final override func call(_ x: Tensor, training: Bool) -> Tensor {
    call([x], training: training)
  }

  /// Runs the layers of a model with one output.
  public final override func call(_ inputs: [Tensor], training: Bool) -> Tensor {
    let outputs = callForOutputs(inputs, training: training)
    require(
      outputs.count == 1,
      "The model '\(name)' has \(outputs.count) outputs: call `outputs(of:)`.")
    return outputs[0]
  }

  /// Runs the layers.
  public final override func callForOutputs(_ inputs: [Tensor], training: Bool) -> [Tensor] {
    requireAll(inputs)
    return structure(inputs, training: training)
  }

  private func requireAll(_ inputs: [some Any]) {
    let names = structure.inputNames
    require(
      inputs.count == names.count,
      "The model '\(name)' has the inputs \(names), but got \(inputs.count).")
  }

  final override var takesInputList: Bool { structure.inputNames.count > 1 }

  final override var outputCount: Int { structure.outputs.count }

  /// Plans the weights and shapes of all layers, including those of inner models, without
  /// allocating them.
  ///
  /// - Parameter inputShapes: The shapes of the inputs, without the batch axis.
  /// - Returns: The layers except models, in the order of the model's variables.
  /// - Throws: ``ShapeError`` if a layer does not support its input shape.
  package final func plan(inputShapes: [Shape]) throws(ShapeError) -> [LayerPlan] {
    var budget = ModelBudget()
    return try plan(inputShapes: inputShapes, counting: &budget).layers
  }

  /// Plans the weights and shapes of all layers, and counts what they need.
  ///
  /// - Parameters:
  ///   - inputShapes: The shapes of the inputs, without the batch axis.
  ///   - budget: The budget, which is not checked.
  /// - Returns: The layers as in ``plan(inputShapes:)``, and the shapes of the outputs.
  /// - Throws: ``ShapeError`` if a layer does not support its input shape.
  final func plan(
    inputShapes: [Shape], counting budget: inout ModelBudget
  ) throws(ShapeError) -> (layers: [LayerPlan], outputShapes: [Shape]) {
    try checkCount(of: inputShapes)
    var plans: [ObjectIdentifier: [LayerPlan]] = [:]
    let before = budget.live
    let outputs = try structure.walk(
      inputShapes, counting: &budget
    ) { (call, shapes, released, budget) throws(ShapeError) in
      let layer = call.layer
      let plan: [LayerPlan]
      let outputShapes: [Shape]
      if let model = layer as? GraphModel {
        budget.live += released
        (plan, outputShapes) = try model.plan(inputShapes: shapes, counting: &budget)
        budget.live -= released
      } else {
        let weights = try layer.weightSpecifications(inputShapes: shapes)
        outputShapes = try layer.outputShapes(inputShapes: shapes)
        try budget.add(
          layer, weights: weights, inputs: shapes, outputs: outputShapes, released: released)
        plan = [LayerPlan(layer: layer, weights: weights, outputShape: outputShapes[0])]
      }
      if let earlier = plans[ObjectIdentifier(layer)] {
        let shapes = { (plan: [LayerPlan]) in plan.map { $0.weights.map(\.shape) } }
        guard shapes(plan) == shapes(earlier) else {
          throw ShapeError(layer, "is used twice, with inputs of different sizes")
        }
      } else {
        plans[ObjectIdentifier(layer)] = plan
      }
      return outputShapes
    }
    budget.live = before
    return (layers.flatMap { plans[ObjectIdentifier($0)] ?? [] }, outputs)
  }

  /// Throws unless there is a shape for each input.
  private func checkCount(of inputShapes: [Shape]) throws(ShapeError) {
    let count = structure.inputNames.count
    guard inputShapes.count == count else {
      throw ShapeError(self, "has \(count) inputs, but is called with \(inputShapes.count)")
    }
  }

  /// The shapes of the outputs.
  public final override func outputShapes(
    inputShapes: [Shape]
  ) throws(ShapeError) -> [Shape] {
    try checkCount(of: inputShapes)
    return try structure.forEachCall(inputShapes: inputShapes) { _, _ in }
  }

  /// Marks the model as built, after all layers got their weights.
  package final func finishBuilding(inputShapes: [Shape]) throws(ShapeError) {
    try structure.forEachCall(inputShapes: inputShapes) { (call, shapes) throws(ShapeError) in
      try (call.layer as? GraphModel)?.finishBuilding(inputShapes: shapes)
    }
    self.inputShapes = inputShapes
  }
}

/// The weights and shapes that a layer of a model needs.
package struct LayerPlan {
  /// The layer.
  package let layer: Layer

  /// The weights of the layer.
  package let weights: [WeightSpecification]

  /// The shape of the layer's first output, without the batch axis.
  package let outputShape: Shape
}
