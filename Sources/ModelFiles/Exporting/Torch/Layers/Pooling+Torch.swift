import NeuralNetwork
import Tensors

/// Pooling in PyTorch.
extension TorchModule {
  mutating func pooling(
    _ layer: BasePooling, _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    let margins = Margins(
      ofWindow: layer.poolSize, strides: layer.strides, layer.padding, over: call.inputShapes[0],
      to: call.outputShape)
    let x = channelsFirst(input, call).code
    let (size, strides) = (call.text(layer.poolSize), call.text(layer.strides))
    let average = "F.avg_pool\(call.dimensions)d"
    var code: String
    if layer is MaxPooling2D {
      let (x, padding) = surrounded(x, margins, call, value: "float(\"-inf\")")
      code = "F.max_pool\(call.dimensions)d(\(x), \(size), \(strides)"
      if padding != (0, 0) { code += ", \(call.text(padding))" }
      code += ")"
    } else if layer is AveragePooling2D {
      let (_, padding) = surrounded(x, margins, call)
      if margins == 0 {
        code = "\(average)(\(x), \(size), \(strides))"
      } else if padding != (0, 0) {
        code =
          "\(average)(\(x), \(size), \(strides), \(call.text(padding)), "
          + "count_include_pad=False)"
      } else {
        // Pixels around the image do not count.
        let held = hold(x, "\(call.name)_input")
        code =
          "\(average)(\(padded(held, margins, call)), \(size), \(strides)) / \(average)("
          + padded("torch.ones_like(\(held)[:, :1])", margins, call) + ", \(size), \(strides))"
      }
    } else {
      throw call.refused("a module of PyTorch")
    }
    return Value(code: code, layout: call.layout)
  }

  func globalPooling(
    _ layer: BaseGlobalPooling, _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    let function: String
    switch layer {
    case is GlobalAveragePooling2D: function = "mean"
    case is GlobalMaxPooling2D: function = "amax"
    default: throw call.refused("a module of PyTorch")
    }
    let keeps = layer.keepDimensions
    return Value(
      code: "\(channelsFirst(input, call).code).\(function)("
        + "\(call.isSequence ? "2" : "(2, 3)")\(keeps ? ", keepdim=True" : ""))",
      layout: keeps ? call.layout : .natural)
  }
}
