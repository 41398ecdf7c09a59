import NeuralNetwork
import Tensors

/// Masks in C: a float for each step, 1 if it counts and otherwise 0.
extension CProgram {
  /// Adds the computation of a new mask.
  ///
  /// - Parameters:
  ///   - number: The number of the mask.
  ///   - call: The call whose first output has the mask.
  mutating func addMask(_ number: Int, of call: InferenceGraph.Call) {
    let mask = graph.masks[number]
    guard let y = maskPlaces[number] else { return }
    let count = mask.extents.reduce(1, *)
    switch mask.source {
    case .input: break
    case .made:
      let value = (call.layer as? Masking).map { Float($0.maskValue) } ?? 0
      let width = call.inputShapes[0].elementCount / max(1, count)
      add(.row_mask, [place(of: call.inputs[0]), count, width, value, y])
    case .anyOf(let parts):
      let strides = parts.map { part in
        let own = graph.masks[part].extents
        return mask.extents.indices.map { axis in
          let missing = mask.extents.count - own.count
          return axis < missing || own[axis - missing] == 1
            ? 0 : Shape(own).strides[axis - missing]
        }
      }
      let places = parts.map { maskPlaces[$0] ?? "0" }
      loop(mask.extents, strides: [Shape(mask.extents).strides] + strides) { offsets in
        let values = zip(places, offsets.dropFirst()).map { "\($0)[\($1)]" }
        let most = values.dropFirst().reduce(values[0]) { "fmaxf(\($0), \($1))" }
        return "\(y)[\(offsets[0])] = \(most);"
      }
    case .joined(let parts):
      var start = 0
      for part in parts {
        let size = part.steps * mask.extents.dropFirst().reduce(1, *)
        let value = part.mask.flatMap { maskPlaces[$0] }.map { "\($0)[i]" } ?? "1.0f"
        add("for (int32_t i = 0; i < \(size); i++) \(y)[\(start) + i] = \(value);")
        start += size
      }
    case .anyInStep(let outer):
      let width = graph.masks[outer].extents.dropFirst().reduce(1, *)
      add(.row_mask, [maskPlaces[outer] ?? "0", count, width, Float(0), y])
    }
  }

  /// The mean of the steps that count.
  mutating func averaged(_ call: InferenceGraph.Call, _ mask: String, _ index: Int) {
    let shape = call.inputShapes[0]
    add(
      .masked_mean,
      [place(of: call.inputs[0]), shape[0], shape[1], place(ofResult: index), mask])
  }
}
