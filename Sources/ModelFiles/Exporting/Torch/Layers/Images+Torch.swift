import NeuralNetwork
import Tensors

/// Layers of images in PyTorch.
extension TorchModule {
  mutating func scaled(
    _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    var input = input
    if case .flattened = input.layout { input = natural(input) }
    let factors = try call.values("gamma") ?? []
    let shape = input.layout == .channelsFirst ? [factors.count, 1, 1] : [factors.count]
    let buffer = buffer(call, suffix: "/gamma", shape: shape, factors)
    return Value(code: "\(input.code) * \(buffer)", layout: input.layout)
  }

  mutating func rescaled(
    _ layer: Rescaling, _ call: InferenceGraph.Call, _ input: Value
  ) -> Value {
    var input = input
    let isPerChannel = [layer.scale, layer.offset].contains {
      if case .list(let values) = $0 { values.count > 1 } else { false }
    }
    if isPerChannel, case .flattened = input.layout { input = natural(input) }
    func expression(_ coefficients: Coefficients, _ suffix: String) -> String {
      switch coefficients {
      case .scalar(let value): "\(Float(value))"
      case .list(let values):
        buffer(
          call, suffix: suffix,
          shape: input.layout == .channelsFirst ? [values.count, 1, 1] : [values.count],
          values.map { Float($0) })
      }
    }
    var code = "\(input.code) * \(expression(layer.scale, "_scale"))"
    if layer.offset != 0 { code += " + \(expression(layer.offset, "_offset"))" }
    return Value(code: code, layout: input.layout)
  }

  /// Cuts pixels off, adds some, and interpolates.
  func fitted(
    _ fitting: ImageFitting, _ interpolation: Interpolation, _ call: InferenceGraph.Call,
    _ input: Value
  ) -> Value {
    var code = channelsFirst(input).code
    if fitting.cut != 0 { code += slices(fitting.cut, call.inputShapes[0], call) }
    if fitting.added != 0 { code = padded(code, fitting.added, call, value: "\(fitting.fill)") }
    if let size = fitting.resized { code = interpolated(code, size, interpolation, call) }
    return Value(code: code, layout: .channelsFirst)
  }

  func interpolated(
    _ code: String, _ size: Size2D, _ interpolation: Interpolation, _ call: InferenceGraph.Call
  ) -> String {
    let mode =
      switch interpolation {
      case .nearest: "mode=\"nearest-exact\""
      case .bilinear: "mode=\"bilinear\", align_corners=False"
      }
    return "F.interpolate(\(code), \(call.text(size)), \(mode))"
  }

  /// Adds margins to an image or a sequence, or leaves them to the layer if they are symmetric.
  func surrounded(
    _ code: String, _ margins: Margins, _ call: InferenceGraph.Call, value: String? = nil
  ) -> (code: String, padding: (Int, Int)) {
    guard margins.top != margins.bottom || margins.left != margins.right else {
      return (code, (margins.top, margins.left))
    }
    return (padded(code, margins, call, value: value), (0, 0))
  }

  func padded(
    _ code: String, _ margins: Margins, _ call: InferenceGraph.Call, value: String? = nil
  ) -> String {
    let columns = [margins.left, margins.right]
    let counts = tuple(call.isSequence ? columns : columns + [margins.top, margins.bottom])
    return "F.pad(\(code), \(counts)\(value.map { ", value=\($0)" } ?? ""))"
  }

  /// The slices that cut margins off.
  func slices(_ margins: Margins, _ shape: Shape, _ call: InferenceGraph.Call) -> String {
    let rows = "\(margins.top):\(shape[0] - margins.bottom), "
    return "[:, :, \(call.isSequence ? "" : rows)\(margins.left):\(shape[1] - margins.right)]"
  }
}
