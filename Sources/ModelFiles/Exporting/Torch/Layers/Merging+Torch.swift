import NeuralNetwork
import Tensors

/// Layers of several inputs in PyTorch.
extension TorchModule {
  mutating func concatenated(
    _ layer: Concatenate, _ call: InferenceGraph.Call, _ inputs: [Value]
  ) -> Value {
    let rank = call.inputShapes[0].count + 1
    let axis = layer.axis < 0 ? layer.axis + rank : layer.axis
    let aligned = alike(inputs, isImage: rank == 4)
    let list = aligned.map(\.code).joined(separator: ", ")
    return Value(
      code: "torch.cat([\(list)], \(aligned[0].layout.axis(axis)))", layout: aligned[0].layout)
  }

  func multiplied(
    _ layer: Dot, _ call: InferenceGraph.Call, _ inputs: [Value]
  ) -> Value {
    let ranks = (call.inputShapes[0].count + 1, call.inputShapes[1].count + 1)
    let (i, j) = layer.positions(ranks)
    let letters = "abcdefghijklmnopqrstuvwxyz".map(String.init)
    // The first letter is the batch, the last one the axis of the product.
    var (left, right) = (
      Array(letters[..<ranks.0]), ["a"] + letters[ranks.0..<ranks.0 + ranks.1 - 1]
    )
    left[i] = "z"
    right[j] = "z"
    let rest = left.filter { $0 != "z" } + right.dropFirst().filter { $0 != "z" }
    let operands = zip(inputs, [i, j]).map { value, axis in
      let code = natural(value).code
      return layer.normalize ? "F.normalize(\(code), dim=\(axis), eps=1e-7)" : code
    }
    let formula = "\(left.joined()),\(right.joined())->\(rest.joined())"
    let code = "torch.einsum(\"\(formula)\", \(operands.joined(separator: ", ")))"
    return Value(
      code: rest.count == 1 ? "\(code).unsqueeze(1)" : code, layout: .natural)
  }

  func merged(
    _ layer: Merge, _ call: InferenceGraph.Call, _ inputs: [Value]
  ) throws(CheckpointError) -> Value {
    let rank = call.outputShape.count
    var aligned: [Value]
    if call.inputShapes.allSatisfy({ $0.count == rank }) {
      let isSame = inputs.allSatisfy { $0.layout == inputs[0].layout }
      aligned = isSame ? inputs : alike(inputs, isImage: rank == 3)
    } else {
      aligned = inputs.enumerated().map { index, value in
        let shape = call.inputShapes[index].dimensions
        let extents = [-1] + [Int](repeating: 1, count: rank - shape.count) + shape
        let natural = natural(value)
        return shape.count == rank
          ? natural : Value(code: "\(natural.code).reshape\(tuple(extents))", layout: .natural)
      }
    }
    let codes = aligned.map(\.code)
    func folded(_ function: String) -> String {
      codes.dropFirst().reduce(codes[0]) { "torch.\(function)(\($0), \($1))" }
    }
    let code: String
    switch layer {
    case is Add: code = codes.joined(separator: " + ")
    case is Subtract: code = codes.joined(separator: " - ")
    case is Multiply: code = codes.joined(separator: " * ")
    case is Average: code = "(\(codes.joined(separator: " + "))) / \(codes.count)"
    case is Maximum: code = folded("maximum")
    case is Minimum: code = folded("minimum")
    default: throw call.refused("a module of PyTorch")
    }
    return Value(code: code, layout: aligned[0].layout)
  }

  /// Values in the same layout.
  private func alike(_ values: [Value], isImage: Bool) -> [Value] {
    isImage ? values.map(channelsFirst) : values.map(natural)
  }
}
