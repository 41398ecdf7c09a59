import NeuralNetwork
import Tensors

/// Categories in PyTorch.
extension TorchModule {
  mutating func encoded(
    _ layer: CategoryEncoding, _ call: InferenceGraph.Call, _ input: Value
  ) -> Value {
    // A number loses its fraction.
    encoded(
      "\(natural(input).code).trunc()", layer.mode, count: layer.count, call)
  }

  mutating func discretized(
    _ layer: Discretization, _ call: InferenceGraph.Call, _ input: Value
  ) -> Value {
    let limits = buffer(
      call, suffix: "_boundaries", shape: [layer.boundaries.count],
      layer.boundaries.map { Float($0) })
    let numbers = "torch.bucketize(\(natural(input).code).contiguous(), \(limits), right=True)"
    return encoded(numbers, layer.mode, count: layer.boundaries.count + 1, call)
  }

  /// Encodes numbers; those outside of `0..<count` leave zeros.
  private mutating func encoded(
    _ numbers: String, _ mode: CategoryMode, count: Int, _ call: InferenceGraph.Call
  ) -> Value {
    guard mode != .integer else { return Value(code: "\(numbers).float()", layout: .natural) }
    let (x, shape) = (hold(numbers, "\(call.name)_numbers"), call.inputShapes[0])
    // An axis of one number becomes that of the categories.
    let isOneNumber = mode == .oneHot && shape.last == 1
    let places =
      "(\(x)\(isOneNumber ? "" : ".unsqueeze(-1)") == torch.arange(\(count), device=\(x).device))"
    let code =
      switch mode {
      case .multiHot where !shape.isEmpty: "\(places).any(1).float()"
      case .count where !shape.isEmpty: "\(places).sum(1).float()"
      default: "\(places).float()"
      }
    return Value(code: code, layout: .natural)
  }
}
