import NeuralNetwork
import Tensors

/// Activations in PyTorch.
extension TorchModule {
  mutating func activated(
    _ function: ActivationFunction, _ value: Value, _ call: InferenceGraph.Call
  ) -> Value {
    var value = value
    if function == .glu, case .flattened = value.layout { value = natural(value) }
    let dimension = value.layout.hasChannelsFirst ? 1 : -1
    let x =
      [.squareplus, .sparsePlus].contains(function) ? hold(value.code, call.name) : value.code
    value.code =
      switch function {
      case .linear: x
      case .relu: "F.relu(\(x))"
      case .relu6: "F.relu6(\(x))"
      case .leakyReLU: "F.leaky_relu(\(x), 0.2)"
      case .elu, .celu: "F.elu(\(x))"
      case .selu: "F.selu(\(x))"
      case .gelu: "F.gelu(\(x))"
      case .silu: "F.silu(\(x))"
      case .sigmoid: "torch.sigmoid(\(x))"
      case .logSigmoid: "F.logsigmoid(\(x))"
      case .hardSigmoid: "F.hardsigmoid(\(x))"
      case .keras2HardSigmoid: "(0.2 * \(x) + 0.5).clamp(0, 1)"
      case .hardSilu: "F.hardswish(\(x))"
      case .sparseSigmoid: "(0.5 * (\(x) + 1)).clamp(0, 1)"
      case .tanh: "torch.tanh(\(x))"
      case .hardTanh: "F.hardtanh(\(x))"
      case .tanhShrink: "F.tanhshrink(\(x))"
      case .hardShrink: "F.hardshrink(\(x))"
      case .softShrink: "F.softshrink(\(x))"
      case .softplus: "F.softplus(\(x))"
      case .softsign: "F.softsign(\(x))"
      case .exponential: "torch.exp(\(x))"
      case .mish: "F.mish(\(x))"
      case .softmax: "F.softmax(\(x), \(dimension))"
      case .logSoftmax: "F.log_softmax(\(x), \(dimension))"
      case .glu: "F.glu(\(x), \(dimension))"
      case .squareplus: "(\(x) + (\(x) * \(x) + 4).sqrt()) / 2"
      case .sparsePlus: "torch.where(\(x) >= 1, \(x), (\(x).clamp(min=-1) + 1) ** 2 / 4)"
      case .sparsemax: "sparsemax(\(x), \(dimension))"
      }
    if function == .sparsemax { use(.sparsemax) }
    return value
  }

  /// An activation function of a recurrent cell, as an expression.
  ///
  /// - Parameters:
  ///   - function: The function.
  ///   - call: The call of the layer.
  ///   - layout: The layout of the values that it gets.
  /// - Returns: The expression.
  mutating func function(
    _ function: ActivationFunction, _ call: InferenceGraph.Call, layout: Layout = .natural
  ) -> String {
    switch function {
    case .linear: return "nn.Identity()"
    case .relu: return "F.relu"
    case .sigmoid: return "torch.sigmoid"
    case .tanh: return "torch.tanh"
    case .hardSigmoid: return "F.hardsigmoid"
    case .keras2HardSigmoid:
      use(.keras2_hard_sigmoid)
      return "keras2_hard_sigmoid"
    case .softsign: return "F.softsign"
    case .elu: return "F.elu"
    case .selu: return "F.selu"
    default: return "lambda x: \(activated(function, Value(code: "x", layout: layout), call).code)"
    }
  }

  mutating func softmax(
    _ layer: Softmax, _ call: InferenceGraph.Call, _ inputs: [Value]
  ) -> Value {
    guard inputs.count > 1 else { return softmax(layer, call, inputs[0]) }
    let isSame = inputs[0].layout == inputs[1].layout
    var (x, mask) = isSame ? (inputs[0], inputs[1]) : (natural(inputs[0]), natural(inputs[1]))
    guard layer.emptyRows != .averagedByScores else {
      x.code = hold("\(x.code) + (\(mask.code) - 1) * 1e9", call.name)
      return softmax(layer, call, x)
    }
    mask.code = hold("\(mask.code) > 0.5", "\(call.name)_mask", isOwn: true)
    x.code = hold("torch.where(\(mask.code), \(x.code), -1e9)", call.name)
    var shares = softmax(layer, call, x)
    if layer.emptyRows == .zero {
      shares.code = "torch.where(\(mask.code), \(shares.code), 0)"
    }
    return shares
  }

  private mutating func softmax(
    _ layer: Softmax, _ call: InferenceGraph.Call, _ input: Value
  ) -> Value {
    let rank = call.inputShapes[0].count + 1
    let axes = layer.axes.map { input.layout.axis($0 < 0 ? $0 + rank : $0) }.sorted()
    guard axes.count > 1 else {
      return Value(code: "F.softmax(\(input.code), \(axes[0]))", layout: input.layout)
    }
    let x = hold(input.code, call.name)
    let powers = hold("(\(x) - \(x).amax(\(tuple(axes)), keepdim=True)).exp()", call.name)
    return Value(
      code: "\(powers) / \(powers).sum(\(tuple(axes)), keepdim=True)", layout: input.layout)
  }

  mutating func rectified(
    _ layer: ReLU, _ call: InferenceGraph.Call, _ input: Value
  ) -> Value {
    let (slope, threshold) = (Float(layer.negativeSlope), Float(layer.threshold))
    var code: String
    if threshold != 0 {
      let x = hold(input.code, call.name)
      code =
        "torch.where(\(x) > \(threshold), \(x)"
        + (layer.maxValue.map { ".clamp(max=\(Float($0)))" } ?? "")
        + ", \(slope) * (\(x) - \(threshold)))"
    } else {
      code = slope == 0 ? "F.relu(\(input.code))" : "F.leaky_relu(\(input.code), \(slope))"
      if let most = layer.maxValue { code += ".clamp(max=\(Float(most)))" }
    }
    return Value(code: code, layout: input.layout)
  }

  mutating func prelu(
    _ layer: PReLU, _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    let input = reorderable(input, call)
    let own = call.inputShapes[0].dimensions.enumerated().map {
      layer.sharedAxes.contains($0 + 1) ? 1 : $1
    }
    let isImage = input.layout == .channelsFirst
    let shape = isImage ? [own[2], own[0], own[1]] : own
    let alpha = try declare(call, "nn.Parameter(torch.zeros\(tuple(shape)))") {
      name, tensors throws(CheckpointError) in
      let values = try call.values("alpha") ?? []
      let layout =
        isImage
        ? Layout.flattened(height: own[0], width: own[1], channels: own[2])
        : values.count == 1 ? .natural : input.layout
      tensors.add(name, shape: shape, layout.ordered(values))
    }
    let x = hold(input.code, call.name)
    return Value(code: "torch.where(\(x) > 0, \(x), \(alpha) * \(x))", layout: input.layout)
  }

  mutating func masked(
    _ layer: Masking, _ call: InferenceGraph.Call, _ input: Value
  ) -> Value {
    guard layer.maskValue != 0 else { return input }
    let axis = input.layout == .channelsFirst ? 1 : -1
    let x = hold(input.code, call.name)
    return Value(
      code: "\(x) * (\(x) != \(Float(layer.maskValue))).any(\(axis), keepdim=True)",
      layout: input.layout)
  }
}
