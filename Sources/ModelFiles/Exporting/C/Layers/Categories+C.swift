import NeuralNetwork
import Tensors

/// Embeddings and categories in C.
extension CProgram {
  mutating func embedded(
    _ layer: Embedding, _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    add(
      .embedding,
      [
        place(of: call.inputs[0]), call.inputShapes[0].elementCount, place(ofResult: index),
        layer.units, try table(call, variable: "embeddings"), layer.inputCount,
      ])
  }

  mutating func encoded(_ layer: CategoryEncoding, _ call: InferenceGraph.Call, _ index: Int) {
    encoded(place(of: call.inputs[0]), layer.mode, count: layer.count, call, index)
  }

  mutating func discretized(
    _ layer: Discretization, _ call: InferenceGraph.Call, _ index: Int
  ) {
    let count = call.inputShapes[0].elementCount
    let isNumber = layer.mode == .integer
    let numbers = isNumber ? place(ofResult: index) : scratch(count, index)
    let limits = table(call, "boundaries", layer.boundaries.map { Float($0) })
    add(
      .ranges, [place(of: call.inputs[0]), count, numbers, limits, layer.boundaries.count])
    guard !isNumber else { return }
    encoded(numbers, layer.mode, count: layer.boundaries.count + 1, call, index)
  }

  private mutating func encoded(
    _ x: String, _ mode: CategoryMode, count: Int, _ call: InferenceGraph.Call, _ index: Int
  ) {
    let numbers = call.inputShapes[0].elementCount
    let group = mode == .oneHot ? 1 : numbers
    add(
      .encode,
      [x, numbers, group, place(ofResult: index), count, mode == .count ? 1 : 0])
  }
}
