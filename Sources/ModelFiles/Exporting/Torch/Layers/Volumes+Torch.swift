import NeuralNetwork
import Tensors

/// Layers of volumes in PyTorch.
extension TorchModule {
  mutating func convolution(
    _ layer: Conv3D, _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    let axes = WindowAxis.axes(
      layer.kernelSize, strides: layer.strides, dilation: layer.dilationRate)
    let channels = (call.inputShapes[0][3], layer.filters)
    let (x, padding) = surrounded(volume(input).code, margins(layer.padding, axes, call))
    let module = try declare(
      call,
      convolution(
        axes, channels.0, channels.1, padding, groups: layer.groups, hasBias: layer.useBias)
    ) { name, tensors throws(CheckpointError) in
      let perGroup = channels.0 / layer.groups
      tensors.add(
        "\(name).weight", shape: [channels.1, perGroup] + axes.map(\.size),
        (try call.values("kernel") ?? []).convolutionKernel(
          taps: axes.taps, channels: perGroup, filters: channels.1))
      if let bias = try call.values("bias") {
        tensors.add("\(name).bias", shape: [channels.1], bias)
      }
    }
    return activated(layer.activation, Value(code: "\(module)(\(x))", layout: .volume), call)
  }

  mutating func transposed(
    _ layer: Conv3DTranspose, _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    let axes = WindowAxis.axes(layer.kernelSize, strides: layer.strides)
    let (channels, output) = (call.inputShapes[0][3], call.outputShape)
    let places = axes.indices.map {
      axes[$0].place(layer.padding, over: call.inputShapes[0][$0], to: output[$0])
    }
    var options = ["\(channels)", "\(layer.filters)", axes.sizes, "stride=\(axes.strides)"]
    if places.contains(where: { $0.more != 0 }) {
      options.append("output_padding=\(tuple(places.map(\.more)))")
    }
    if !layer.useBias { options.append("bias=False") }
    let module = try declare(call, "nn.ConvTranspose3d(\(options.joined(separator: ", ")))") {
      name, tensors throws(CheckpointError) in
      tensors.add(
        "\(name).weight", shape: [channels, layer.filters] + axes.map(\.size),
        (try call.values("kernel") ?? []).convolutionKernel(
          taps: axes.taps, channels: layer.filters, filters: channels))
      if let bias = try call.values("bias") {
        tensors.add("\(name).bias", shape: [layer.filters], bias)
      }
    }
    var code = "\(module)(\(volume(input).code))"
    if places.contains(where: { $0.before != 0 || $0.after != 0 }) {
      code += slices(places.indices.map { places[$0].before..<places[$0].before + output[$0] })
    }
    return activated(layer.activation, Value(code: code, layout: .volume), call)
  }

  mutating func pooling(
    _ layer: BasePooling3D, _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    let axes = WindowAxis.axes(layer.poolSize, strides: layer.strides)
    let x = volume(input).code
    let window = "\(axes.sizes), \(axes.strides)"
    let code: String
    switch layer {
    case is MaxPooling3D:
      let (x, padding) = surrounded(
        x, margins(layer.padding, axes, call), value: "float(\"-inf\")")
      let options = padding == [0, 0, 0] ? "" : ", \(tuple(padding))"
      code = "F.max_pool3d(\(x), \(window)\(options))"
    case is AveragePooling3D:
      let margins = margins(layer.padding, axes, call)
      if margins.allSatisfy({ $0.before == $0.after }) {
        let options =
          margins.contains { $0.before != 0 }
          ? ", \(tuple(margins.map(\.before))), count_include_pad=False" : ""
        code = "F.avg_pool3d(\(x), \(window)\(options))"
      } else {
        // Elements around the volume do not count.
        let held = hold(x, "\(call.name)_input")
        code =
          "F.avg_pool3d(\(padded(held, margins)), \(window)) / F.avg_pool3d("
          + padded("torch.ones_like(\(held)[:, :1])", margins) + ", \(window))"
      }
    default: throw call.refused("a module of PyTorch")
    }
    return Value(code: code, layout: .volume)
  }

  func globalPooling(
    _ layer: BaseGlobalPooling3D, _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    let function: String
    switch layer {
    case is GlobalAveragePooling3D: function = "mean"
    case is GlobalMaxPooling3D: function = "amax"
    default: throw call.refused("a module of PyTorch")
    }
    let keeps = layer.keepDimensions
    return Value(
      code: "\(volume(input).code).\(function)((2, 3, 4)\(keeps ? ", keepdim=True" : ""))",
      layout: keeps ? .volume : .natural)
  }

  func cropped(_ layer: Cropping3D, _ call: InferenceGraph.Call, _ input: Value) -> Value {
    let ranges = zip(call.inputShapes[0], layer.cropping.ends).map { $1[0]..<$0 - $1[1] }
    return Value(code: volume(input).code + slices(ranges), layout: .volume)
  }

  func padded(_ layer: ZeroPadding3D, _ input: Value) -> Value {
    let margins = layer.padding.ends.map { (before: $0[0], after: $0[1]) }
    return Value(code: padded(volume(input).code, margins), layout: .volume)
  }

  func enlarged(_ call: InferenceGraph.Call, _ input: Value) -> Value {
    let size = tuple(call.outputShape.dropLast())
    return Value(
      code: "F.interpolate(\(volume(input).code), \(size), mode=\"nearest-exact\")",
      layout: .volume)
  }

  // MARK: - Margins

  /// A volume with its channels first.
  private func volume(_ value: Value) -> Value {
    value.layout == .volume
      ? value
      : Value(code: "\(natural(value).code).permute(0, 4, 1, 2, 3)", layout: .volume)
  }

  private func margins(
    _ padding: Padding, _ axes: [WindowAxis], _ call: InferenceGraph.Call
  ) -> [(before: Int, after: Int)] {
    axes.indices.map {
      axes[$0].margins(padding, over: call.inputShapes[0][$0], to: call.outputShape[$0])
    }
  }

  /// Adds margins to an input of any number of axes, or leaves them to the layer if they are
  /// symmetric.
  func surrounded(
    _ code: String, _ margins: [(before: Int, after: Int)], value: String? = nil
  ) -> (code: String, padding: [Int]) {
    guard margins.contains(where: { $0.before != $0.after }) else {
      return (code, margins.map(\.before))
    }
    return (padded(code, margins, value: value), margins.map { _ in 0 })
  }

  /// The expression that creates a convolution over any number of axes.
  func convolution(
    _ axes: [WindowAxis], _ input: Int, _ output: Int, _ padding: [Int], groups: Int = 1,
    hasBias: Bool
  ) -> String {
    var options = ["\(input)", "\(output)", axes.sizes]
    if axes.contains(where: { $0.stride != 1 }) { options.append("stride=\(axes.strides)") }
    if padding.contains(where: { $0 != 0 }) { options.append("padding=\(tuple(padding))") }
    if axes.contains(where: { $0.dilation != 1 }) {
      options.append("dilation=\(tuple(axes.map(\.dilation)))")
    }
    if groups != 1 { options.append("groups=\(groups)") }
    if !hasBias { options.append("bias=False") }
    return "nn.Conv\(axes.count)d(\(options.joined(separator: ", ")))"
  }

  private func padded(
    _ code: String, _ margins: [(before: Int, after: Int)], value: String? = nil
  ) -> String {
    // The last axis comes first.
    let counts = margins.reversed().flatMap { [$0.before, $0.after] }
    return "F.pad(\(code), \(tuple(counts))\(value.map { ", value=\($0)" } ?? ""))"
  }

  private func slices(_ ranges: [Range<Int>]) -> String {
    let texts = ranges.map { "\($0.lowerBound):\($0.upperBound)" }
    return "[:, :, \(texts.joined(separator: ", "))]"
  }
}

extension [WindowAxis] {
  /// The sizes as a tuple.
  fileprivate var sizes: String { tuple(map(\.size)) }

  /// The strides as a tuple.
  fileprivate var strides: String { tuple(map(\.stride)) }

  /// The number of elements of the window.
  var taps: Int { map(\.size).reduce(1, *) }
}

extension Margins3D {
  /// The elements before and after, for each axis.
  fileprivate var ends: [[Int]] { [depth, height, width] }
}
