import NeuralNetwork
import Tensors

/// The numbers of a ``Normalization`` layer.
struct NormalizationStatistics {
  /// The shape of the numbers, without the batch axis: 1 for the axes along which they are equal.
  let shape: [Int]
  let mean: [Float]
  /// The standard deviations, at least 1e-7.
  let deviation: [Float]

  init(_ layer: Normalization, _ call: InferenceGraph.Call) throws(CheckpointError) {
    let input = call.inputShapes[0]
    let kept = Set(layer.axes.map { $0 < 0 ? $0 + input.count + 1 : $0 })
    let shape = input.dimensions.enumerated().map { kept.contains($0 + 1) ? $1 : 1 }
    let count = shape.reduce(1, *)
    // A list has one value for each index of the last axis, whose numbers follow each other.
    func numbers(_ given: Coefficients?, _ name: String) throws(CheckpointError) -> [Float] {
      let values: [Float]
      switch given {
      case .scalar(let value)?: values = [Float(value)]
      case .list(let list)?: values = list.map { Float($0) }
      case nil: values = try call.values(name) ?? []
      }
      return (0..<count).map { values.isEmpty ? 0 : values[$0 % values.count] }
    }
    self.shape = shape
    mean = try numbers(layer.mean, "mean")
    deviation = try numbers(layer.variance, "variance").map { max($0.squareRoot(), 1e-7) }
  }
}
