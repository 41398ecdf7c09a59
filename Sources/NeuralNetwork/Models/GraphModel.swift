import Preconditions
public import Tensors

/// A model that is nothing but a graph of layers, so that a file can describe it.
///
/// Of Keras's kinds of models, ``Sequential`` and ``Functional`` are such.
open class GraphModel: Model {
  private let structure: Graph

  /// The extents of an input, `nil` for those that a file left open; `nil` if none is open.
  final var inputExtents: [Int?]?

  /// Creates a model.
  ///
  /// - Parameters:
  ///   - graph: How the layers work together; those without a name are named after their class:
  ///     `dense`, `dense_1`.
  ///   - name: What the model is called.
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

  /// Creates the weights of all layers; the shapes are known without running the model.
  ///
  /// - Parameter inputShape: The shape of an input, without the batch axis.
  /// - Precondition: Each layer can take what it is called on.
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

  /// Passes the input through the layers.
  public final override func call(_ x: Tensor, training: Bool) -> Tensor {
    structure(x, training: training)
  }

  /// Finds what the layers need, those inside of models included, before anything is allocated.
  ///
  /// - Parameter inputShape: The shape of an input, without the batch axis.
  /// - Returns: The layers that are no models, in the order of the model's variables.
  /// - Throws: ``ShapeError`` if a layer cannot take its input.
  package final func plan(inputShape: Shape) throws(ShapeError) -> [LayerPlan] {
    var plans: [ObjectIdentifier: [LayerPlan]] = [:]
    try structure.forEachCall(inputShape: inputShape) { (call, shapes) throws(ShapeError) in
      let layer = call.layer
      let plan: [LayerPlan]
      if let model = layer as? GraphModel {
        plan = try model.plan(inputShape: shapes[0])
      } else {
        plan = [
          LayerPlan(
            layer: layer, weights: try layer.weightSpecifications(inputShape: shapes[0]),
            outputShape: try layer.outputShape(inputShapes: shapes),
            workingCount: try layer.workingCount(inputShape: shapes[0]))
        ]
      }
      if let earlier = plans[ObjectIdentifier(layer)] {
        let shapes = { (plan: [LayerPlan]) in plan.map { $0.weights.map(\.shape) } }
        guard shapes(plan) == shapes(earlier) else {
          throw ShapeError(layer, "is used twice, with inputs of different sizes")
        }
      } else {
        plans[ObjectIdentifier(layer)] = plan
      }
    }
    return layers.flatMap { plans[ObjectIdentifier($0)] ?? [] }
  }

  /// Takes note that all layers have their weights.
  package final func finishBuilding(inputShape: Shape) throws(ShapeError) {
    try structure.forEachCall(inputShape: inputShape) { (call, shapes) throws(ShapeError) in
      try (call.layer as? GraphModel)?.finishBuilding(inputShape: shapes[0])
    }
    self.inputShape = inputShape
  }
}

/// What a layer of a model needs.
package struct LayerPlan {
  /// The layer.
  package let layer: Layer

  /// Its weights.
  package let weights: [WeightSpecification]

  /// The shape of its output, without the batch axis.
  package let outputShape: Shape

  /// How many elements its call needs for one example, beside the input.
  let workingCount: Double
}
