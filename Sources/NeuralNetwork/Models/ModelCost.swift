package import Tensors

/// What a model needs for one example.
///
/// The counts are floating-point numbers, because products of extents from a file can overflow an
/// integer.
package struct ModelCost: Sendable {
  /// The elements of all weights.
  package internal(set) var weights = 0.0

  /// The elements of the results of all calls of layers.
  package internal(set) var elements = 0.0

  /// The largest number of elements that are needed at the same time, beside the weights.
  package internal(set) var peak = 0.0

  /// The multiplications of all calls of layers.
  package internal(set) var multiplications = 0.0

  /// The layer with the most elements, if there is one.
  package internal(set) var largestLayer: String?

  /// Nothing.
  package init() {}
}

extension GraphModel {
  /// Computes what the model needs for one example.
  ///
  /// - Parameter inputShapes: The shapes of the inputs, without the batch axis.
  /// - Returns: The counts.
  /// - Throws: ``ShapeError`` if a layer does not support its input shapes.
  package final func cost(inputShapes: [Shape]) throws(ShapeError) -> ModelCost {
    var budget = ModelBudget(inputShapes: inputShapes)
    _ = try plan(inputShapes: inputShapes, counting: &budget)
    return budget.cost
  }
}
