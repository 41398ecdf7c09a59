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
    let x = channelsFirst(input).code
    let (size, strides) = (
      "(\(layer.poolSize.height), \(layer.poolSize.width))",
      "(\(layer.strides.height), \(layer.strides.width))"
    )
    var code: String
    if layer is MaxPooling2D {
      let (x, padding) = surrounded(x, margins, value: "float(\"-inf\")")
      code = "F.max_pool2d(\(x), \(size), \(strides)"
      if padding != (0, 0) { code += ", (\(padding.0), \(padding.1))" }
      code += ")"
    } else if layer is AveragePooling2D {
      let (_, padding) = surrounded(x, margins)
      if margins == 0 {
        code = "F.avg_pool2d(\(x), \(size), \(strides))"
      } else if padding != (0, 0) {
        code =
          "F.avg_pool2d(\(x), \(size), \(strides), (\(padding.0), \(padding.1)), "
          + "count_include_pad=False)"
      } else {
        // Pixels around the image do not count.
        let held = hold(x, "\(call.name)_input")
        code =
          "F.avg_pool2d(\(padded(held, margins)), \(size), \(strides)) / F.avg_pool2d("
          + padded("torch.ones_like(\(held)[:, :1])", margins) + ", \(size), \(strides))"
      }
    } else {
      throw call.refused("a module of PyTorch")
    }
    return Value(code: code, layout: .channelsFirst)
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
      code: "\(channelsFirst(input).code).\(function)((2, 3)\(keeps ? ", keepdim=True" : ""))",
      layout: keeps ? .channelsFirst : .natural)
  }
}
