import NeuralNetwork
import Tensors

/// Layers for each step in C: a function, which a loop over the steps calls.
extension CProgram {
  mutating func distributed(
    _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    guard let inner = call.inner else { throw call.refused("C") }
    let hasMask = inner.masks.first?.isUsed == true
    let (function, memory) = try function(of: inner, named: call.name, hasMask: hasMask)
    let (steps, count) = (call.inputShapes[0][0], inner.inputs[0].shape.elementCount)
    let scratch = scratch(memory, index)
    var arguments = [
      "\(place(of: call.inputs[0])) + t * \(count)",
      "\(place(ofResult: index)) + t * \(call.outputShape.elementCount / max(1, steps))",
    ]
    if hasMask, let mask = call.masks[0].flatMap({ maskPlaces[$0] }) {
      arguments.append("\(mask) + t * \(inner.masks[0].extents.reduce(1, *))")
    }
    add(
      "for (int32_t t = 0; t < \(steps); t++) "
        + "\(function)(\((arguments + [scratch]).joined(separator: ", ")));")
  }
}
