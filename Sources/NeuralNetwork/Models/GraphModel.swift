import Preconditions
public import Tensors

/// A model that consists only of a graph of layers, so that a file can describe it.
///
/// The subclasses are Keras's ``Sequential`` and ``Functional``.
open class GraphModel: Model {
  private let structure: Graph

  /// The extents of an input, with `nil` for those that a file leaves open; `nil` if none is open.
  package internal(set) final var inputExtents: [Int?]?

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
  /// - Parameter inputShape: The shape of an input, without the batch axis.
  /// - Precondition: Each layer supports its input shapes.
  public final override func build(inputShape: Shape) {
    guard !isBuilt else { return }
    prepareLayers()
    do {
      try structure.forEachCall(inputShape: inputShape) { call, shapes in
        call.layer.build(inputShape: shapes[0])
      }
    } catch {
      fail("\(error)")
    }
    self.inputShape = inputShape
  }

  /// Runs the layers on the input.
  public final override func call(_ x: Tensor, training: Bool) -> Tensor {
    structure(x, training: training)
  }

  /// Plans the weights and shapes of all layers, including those of inner models, without
  /// allocating them.
  ///
  /// - Parameter inputShape: The shape of an input, without the batch axis.
  /// - Returns: The layers except models, in the order of the model's variables.
  /// - Throws: ``ShapeError`` if a layer does not support its input shape.
  package final func plan(inputShape: Shape) throws(ShapeError) -> [LayerPlan] {
    var budget = ModelBudget()
    return try plan(inputShape: inputShape, counting: &budget).layers
  }

  /// Plans the weights and shapes of all layers, and counts what they need.
  ///
  /// - Parameters:
  ///   - inputShape: The shape of an input, without the batch axis.
  ///   - budget: The budget, which is not checked.
  /// - Returns: The layers as in ``plan(inputShape:)``, and the shape of the output.
  /// - Throws: ``ShapeError`` if a layer does not support its input shape.
  final func plan(
    inputShape: Shape, counting budget: inout ModelBudget
  ) throws(ShapeError) -> (layers: [LayerPlan], outputShape: Shape) {
    var plans: [ObjectIdentifier: [LayerPlan]] = [:]
    let before = budget.live
    let output = try structure.walk(
      inputShape, counting: &budget
    ) { (call, shapes, released, budget) throws(ShapeError) in
      let layer = call.layer
      let plan: [LayerPlan]
      let outputShape: Shape
      if let model = layer as? GraphModel {
        budget.live += released
        (plan, outputShape) = try model.plan(inputShape: shapes[0], counting: &budget)
        budget.live -= released
      } else {
        let weights = try layer.weightSpecifications(inputShape: shapes[0])
        outputShape = try layer.outputShape(inputShapes: shapes)
        try budget.add(
          layer, weights: weights, inputs: shapes, output: outputShape, released: released)
        plan = [LayerPlan(layer: layer, weights: weights, outputShape: outputShape)]
      }
      if let earlier = plans[ObjectIdentifier(layer)] {
        let shapes = { (plan: [LayerPlan]) in plan.map { $0.weights.map(\.shape) } }
        guard shapes(plan) == shapes(earlier) else {
          throw ShapeError(layer, "is used twice, with inputs of different sizes")
        }
      } else {
        plans[ObjectIdentifier(layer)] = plan
      }
      return outputShape
    }
    budget.live = before
    return (layers.flatMap { plans[ObjectIdentifier($0)] ?? [] }, output)
  }

  /// Marks the model as built, after all layers got their weights.
  package final func finishBuilding(inputShape: Shape) throws(ShapeError) {
    try structure.forEachCall(inputShape: inputShape) { (call, shapes) throws(ShapeError) in
      try (call.layer as? GraphModel)?.finishBuilding(inputShape: shapes[0])
    }
    self.inputShape = inputShape
  }
}

/// The weights and shapes that a layer of a model needs.
package struct LayerPlan {
  /// The layer.
  package let layer: Layer

  /// The weights of the layer.
  package let weights: [WeightSpecification]

  /// The shape of the layer's output, without the batch axis.
  package let outputShape: Shape
}
