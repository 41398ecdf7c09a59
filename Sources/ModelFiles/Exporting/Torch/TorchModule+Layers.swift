import NeuralNetwork
import Tensors

/// The layers in PyTorch.
extension TorchModule {
  /// Translates a call of a layer.
  ///
  /// - Parameters:
  ///   - call: The call.
  ///   - inputs: Its inputs.
  /// - Returns: The expression of its result.
  /// - Throws: ``CheckpointError`` if the layer has no equivalent, or its weights cannot be read.
  mutating func translate(
    _ call: InferenceGraph.Call, _ inputs: [Value]
  ) throws(CheckpointError) -> Value {
    let input = inputs[0]
    switch call.layer {
    case let layer as Conv2D:
      return try convolution(layer, call, input, groups: layer.groups)
    case let layer as DepthwiseConv2D:
      return try convolution(layer, call, input, groups: call.inputShapes[0][2])
    case let layer as SeparableConv2D: return try separable(layer, call, input)
    case let layer as Conv2DTranspose: return try transposed(layer, call, input)
    case let layer as BasePooling: return try pooling(layer, call, input)
    case let layer as BaseGlobalPooling: return try globalPooling(layer, call, input)
    case let layer as Dense: return try dense(layer, call, input)
    case let layer as BatchNormalization: return try batchNormalization(layer, call, input)
    case let layer as LayerNormalization: return try layerNormalization(layer, call, input)
    case let layer as Normalization: return try normalization(layer, call, input)
    case let layer as PReLU: return try prelu(layer, call, input)
    case let layer as Activation: return activated(layer.activation, input, call)
    case let layer as Softmax: return softmax(layer, call, input)
    case let layer as LeakyReLU:
      return Value(
        code: "F.leaky_relu(\(input.code), \(Float(layer.negativeSlope)))", layout: input.layout)
    case let layer as ELU:
      return Value(code: "F.elu(\(input.code), \(Float(layer.alpha)))", layout: input.layout)
    case let layer as ReLU: return rectified(layer, call, input)
    case is Flatten: return flattened(call, input)
    case is Reshape:
      return Value(
        code: "\(natural(input).code).reshape\(tuple([-1] + call.outputShape.dimensions))",
        layout: .natural)
    case let layer as Permute: return permuted(layer, input)
    case let layer as Rescaling: return rescaled(layer, call, input)
    case let layer as Resizing: return resized(layer, call, input)
    case let layer as BaseCrop: return cropped(layer, call, input)
    case let layer as Cropping2D:
      return Value(
        code: channelsFirst(input).code + slices(layer.cropping, call.inputShapes[0]),
        layout: .channelsFirst)
    case let layer as ZeroPadding2D:
      return Value(
        code: padded(channelsFirst(input).code, layer.padding), layout: .channelsFirst)
    case let layer as UpSampling2D:
      let size = Size2D(call.outputShape[0], call.outputShape[1])
      return Value(
        code: interpolated(channelsFirst(input).code, size, layer.interpolation),
        layout: .channelsFirst)
    case let layer as Concatenate: return concatenated(layer, call, inputs)
    case let layer as Merge: return try merged(layer, call, inputs)
    case let layer as Masking: return masked(layer, call, input)
    default: throw call.refused("a module of PyTorch")
    }
  }

  // MARK: - Convolutions and pooling

  private mutating func convolution(
    _ layer: BaseConv, _ call: InferenceGraph.Call, _ input: Value, groups: Int
  ) throws(CheckpointError) -> Value {
    let margins = Margins(
      ofWindow: layer.kernelSize, strides: layer.strides, dilation: layer.dilationRate,
      layer.padding, over: call.inputShapes[0], to: call.outputShape)
    let channels = (call.inputShapes[0][2], call.outputShape[2])
    let (x, padding) = surrounded(channelsFirst(input).code, margins)
    let module = try declare(
      call,
      conv2d(
        channels.0, channels.1, layer.kernelSize, layer.strides, padding, layer.dilationRate,
        groups, hasBias: layer.useBias)
    ) { name, tensors throws(CheckpointError) in
      let size = layer.kernelSize
      let kernel = try call.values("kernel") ?? []
      let perGroup = channels.0 / groups
      // Depthwise kernels are [height, width, channels, multiplier], and all outputs of a channel
      // follow each other, as PyTorch's groups do.
      tensors.add(
        "\(name).weight", shape: [channels.1, perGroup, size.height, size.width],
        kernel.transposed(rows: size.height * size.width * perGroup, columns: channels.1)
          .transposingBlocks(of: size.height * size.width, by: perGroup))
      if let bias = try call.values("bias") {
        tensors.add("\(name).bias", shape: [channels.1], bias)
      }
    }
    return activated(
      layer.activation, Value(code: "\(module)(\(x))", layout: .channelsFirst), call)
  }

  private func conv2d(
    _ input: Int, _ output: Int, _ size: Size2D, _ strides: Size2D, _ padding: (Int, Int),
    _ dilation: Size2D, _ groups: Int, hasBias: Bool
  ) -> String {
    var options = ["\(input)", "\(output)", "(\(size.height), \(size.width))"]
    if strides != 1 { options.append("stride=(\(strides.height), \(strides.width))") }
    if padding != (0, 0) { options.append("padding=(\(padding.0), \(padding.1))") }
    if dilation != 1 { options.append("dilation=(\(dilation.height), \(dilation.width))") }
    if groups != 1 { options.append("groups=\(groups)") }
    if !hasBias { options.append("bias=False") }
    return "nn.Conv2d(\(options.joined(separator: ", ")))"
  }

  /// Adds margins to an image, or leaves them to the layer if they are symmetric.
  private func surrounded(
    _ code: String, _ margins: Margins, value: String? = nil
  ) -> (code: String, padding: (Int, Int)) {
    guard margins.top != margins.bottom || margins.left != margins.right else {
      return (code, (margins.top, margins.left))
    }
    return (padded(code, margins, value: value), (0, 0))
  }

  private func padded(_ code: String, _ margins: Margins, value: String? = nil) -> String {
    let counts = tuple([margins.left, margins.right, margins.top, margins.bottom])
    return "F.pad(\(code), \(counts)\(value.map { ", value=\($0)" } ?? ""))"
  }

  private mutating func separable(
    _ layer: SeparableConv2D, _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    let channels = call.inputShapes[0][2]
    let (size, inner) = (layer.kernelSize, channels * layer.depthMultiplier)
    let margins = Margins(
      ofWindow: size, strides: layer.strides, dilation: layer.dilationRate, layer.padding,
      over: call.inputShapes[0], to: call.outputShape)
    let (x, padding) = surrounded(channelsFirst(input).code, margins)
    let depthwise = try declare(
      call, suffix: "_depthwise",
      conv2d(
        channels, inner, size, layer.strides, padding, layer.dilationRate, channels, hasBias: false)
    ) { name, tensors throws(CheckpointError) in
      let kernel = try call.values("depthwise_kernel") ?? []
      tensors.add(
        "\(name).weight", shape: [inner, 1, size.height, size.width],
        kernel.transposed(rows: size.height * size.width, columns: inner))
    }
    let pointwise = try declare(
      call, suffix: "_pointwise",
      conv2d(inner, layer.filters, 1, 1, (0, 0), 1, 1, hasBias: layer.useBias)
    ) { name, tensors throws(CheckpointError) in
      let kernel = try call.values("pointwise_kernel") ?? []
      tensors.add(
        "\(name).weight", shape: [layer.filters, inner, 1, 1],
        kernel.transposed(rows: inner, columns: layer.filters))
      if let bias = try call.values("bias") {
        tensors.add("\(name).bias", shape: [layer.filters], bias)
      }
    }
    return activated(
      layer.activation, Value(code: "\(pointwise)(\(depthwise)(\(x)))", layout: .channelsFirst),
      call)
  }

  private mutating func transposed(
    _ layer: Conv2DTranspose, _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    let place = TransposedPlace(layer, over: call.inputShapes[0], to: call.outputShape)
    let (size, channels) = (layer.kernelSize, call.inputShapes[0][2])
    var options = [
      "\(channels)", "\(layer.filters)", "(\(size.height), \(size.width))",
      "stride=(\(layer.strides.height), \(layer.strides.width))",
    ]
    if place.more != (0, 0) {
      options.append("output_padding=(\(place.more.height), \(place.more.width))")
    }
    if !layer.useBias { options.append("bias=False") }
    if layer.dilationRate != 1 {
      options.append("dilation=(\(layer.dilationRate.height), \(layer.dilationRate.width))")
    }
    let module = try declare(call, "nn.ConvTranspose2d(\(options.joined(separator: ", ")))") {
      name, tensors throws(CheckpointError) in
      let kernel = try call.values("kernel") ?? []
      tensors.add(
        "\(name).weight", shape: [channels, layer.filters, size.height, size.width],
        kernel.transposed(rows: size.height * size.width * layer.filters, columns: channels)
          .transposingBlocks(of: size.height * size.width, by: layer.filters))
      if let bias = try call.values("bias") {
        tensors.add("\(name).bias", shape: [layer.filters], bias)
      }
    }
    var code = "\(module)(\(channelsFirst(input).code))"
    if place.cut != 0 {
      let whole: Shape = [
        call.outputShape[0] + place.cut.top + place.cut.bottom,
        call.outputShape[1] + place.cut.left + place.cut.right,
      ]
      code += slices(place.cut, whole)
    }
    return activated(layer.activation, Value(code: code, layout: .channelsFirst), call)
  }

  /// The slices that cut margins off.
  private func slices(_ margins: Margins, _ shape: Shape) -> String {
    "[:, :, \(margins.top):\(shape[0] - margins.bottom), "
      + "\(margins.left):\(shape[1] - margins.right)]"
  }

  private mutating func pooling(
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

  private func globalPooling(
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

  // MARK: - Dense layers and normalization

  private mutating func dense(
    _ layer: Dense, _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    let input = reorderable(input, call)
    let (inputs, units) = (call.inputShapes[0][call.inputShapes[0].count - 1], layer.units)
    let module = try declare(
      call, "nn.Linear(\(inputs), \(units)\(layer.useBias ? "" : ", bias=False"))"
    ) { name, tensors throws(CheckpointError) in
      let columns = (try call.values("kernel") ?? []).transposed(rows: inputs, columns: units)
      tensors.add(
        "\(name).weight", shape: [units, inputs],
        (0..<units).flatMap { unit in
          input.layout.ordered(Array(columns[unit * inputs..<(unit + 1) * inputs]))
        })
      if let bias = try call.values("bias") { tensors.add("\(name).bias", shape: [units], bias) }
    }
    guard input.layout == .channelsFirst else {
      return activated(
        layer.activation, Value(code: "\(module)(\(input.code))", layout: .natural), call)
    }
    let code = "\(module)(\(input.code).movedim(1, -1)).movedim(-1, 1)"
    return activated(layer.activation, Value(code: code, layout: .channelsFirst), call)
  }

  private mutating func batchNormalization(
    _ layer: BatchNormalization, _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    let rank = call.inputShapes[0].count + 1
    let axis = layer.axis < 0 ? layer.axis + rank : layer.axis
    let isChannels = input.layout == .channelsFirst && axis == 3
    var input = reorderable(input, call)
    if input.layout == .channelsFirst, !isChannels { input = natural(input) }
    let channels = call.inputShapes[0][axis - 1]
    let hasScale = layer.scale || layer.center
    guard rank <= 5 else { throw call.refused("a module of PyTorch", "with \(rank) axes") }
    let dimensions = rank == 5 ? "3d" : rank == 4 ? "2d" : "1d"
    let module = try declare(
      call,
      "nn.BatchNorm\(dimensions)(\(channels), eps=\(layer.epsilon), "
        + "momentum=\(Float(1 - layer.momentum))\(hasScale ? "" : ", affine=False"))"
    ) { name, tensors throws(CheckpointError) in
      func add(_ key: String, _ values: [Float]?, or value: Float) {
        let values = values ?? [Float](repeating: value, count: channels)
        tensors.add("\(name).\(key)", shape: [channels], input.layout.ordered(values))
      }
      if hasScale {
        add("weight", try call.values("gamma"), or: 1)
        add("bias", try call.values("beta"), or: 0)
      }
      add("running_mean", try call.values("moving_mean"), or: 0)
      add("running_var", try call.values("moving_variance"), or: 1)
      tensors.add("\(name).num_batches_tracked", shape: [], [Int64(0)])
    }
    let isSecond = isChannels || axis == 1
    return Value(
      code: isSecond
        ? "\(module)(\(input.code))"
        : "\(module)(\(input.code).movedim(\(axis), 1)).movedim(1, \(axis))",
      layout: input.layout)
  }

  private mutating func layerNormalization(
    _ layer: LayerNormalization, _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    let rank = call.inputShapes[0].count + 1
    let axes = layer.axes.map { $0 < 0 ? $0 + rank : $0 }.sorted()
    let shape = axes.map { call.inputShapes[0][$0 - 1] }
    let isChannels = input.layout == .channelsFirst && axes == [3]
    var input = reorderable(input, call)
    if input.layout == .channelsFirst, !isChannels { input = natural(input) }
    let hasScale = layer.scale || layer.center
    let module = try declare(
      call,
      "nn.LayerNorm(\(tuple(shape)), eps=\(layer.epsilon)"
        + "\(hasScale ? "" : ", elementwise_affine=False"))"
    ) { name, tensors throws(CheckpointError) in
      guard hasScale else { return }
      let count = shape.reduce(1, *)
      for (key, values, value) in [
        ("weight", try call.values("gamma"), 1), ("bias", try call.values("beta"), 0),
      ] as [(String, [Float]?, Float)] {
        tensors.add(
          "\(name).\(key)", shape: shape,
          input.layout.ordered(values ?? [Float](repeating: value, count: count)))
      }
    }
    if isChannels {
      return Value(
        code: "\(module)(\(input.code).movedim(1, -1)).movedim(-1, 1)", layout: .channelsFirst)
    }
    let order = (0..<rank).filter { !axes.contains($0) } + axes
    guard order != Array(0..<rank) else {
      return Value(code: "\(module)(\(input.code))", layout: input.layout)
    }
    let back = (0..<rank).map { axis in order.firstIndex(of: axis) ?? axis }
    return Value(
      code: "\(module)(\(input.code).permute\(tuple(order))).permute\(tuple(back))",
      layout: .natural)
  }

  private mutating func normalization(
    _ layer: Normalization, _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    let statistics = try NormalizationStatistics(layer, call)
    var input = input
    if case .flattened = input.layout { input = natural(input) }
    var shape = [1] + statistics.shape
    if input.layout == .channelsFirst { shape = [1, shape[3], shape[1], shape[2]] }
    // Only channels or all of the image vary, so that their order matters in images alone.
    let order = { (values: [Float]) in
      input.layout == .channelsFirst
        ? Layout.flattened(
          height: statistics.shape[0], width: statistics.shape[1], channels: statistics.shape[2]
        ).ordered(values) : values
    }
    let mean = buffer(call, suffix: "_mean", shape: shape, order(statistics.mean))
    let deviation = buffer(call, suffix: "_deviation", shape: shape, order(statistics.deviation))
    return Value(
      code: layer.invert
        ? "\(input.code) * \(deviation) + \(mean)"
        : "(\(input.code) - \(mean)) / \(deviation)", layout: input.layout)
  }

  private mutating func prelu(
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

  // MARK: - Activations

  mutating func activated(
    _ function: ActivationFunction, _ value: Value, _ call: InferenceGraph.Call
  ) -> Value {
    var value = value
    if function == .glu, case .flattened = value.layout { value = natural(value) }
    let dimension = value.layout == .channelsFirst ? 1 : -1
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

  private mutating func rectified(
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

  private mutating func masked(
    _ layer: Masking, _ call: InferenceGraph.Call, _ input: Value
  ) -> Value {
    guard layer.maskValue != 0 else { return input }
    let axis = input.layout == .channelsFirst ? 1 : -1
    let x = hold(input.code, call.name)
    return Value(
      code: "\(x) * (\(x) != \(Float(layer.maskValue))).any(\(axis), keepdim=True)",
      layout: input.layout)
  }

  // MARK: - Shapes

  private func flattened(_ call: InferenceGraph.Call, _ input: Value) -> Value {
    let shape = call.inputShapes[0]
    if shape.count == 1 { return input }
    guard input.layout == .channelsFirst else {
      return Value(code: "\(input.code).flatten(1)", layout: .natural)
    }
    let isSame = shape[2] == 1 || shape[0] * shape[1] == 1
    return Value(
      code: "\(input.code).flatten(1)",
      layout: isSame
        ? .natural : .flattened(height: shape[0], width: shape[1], channels: shape[2]))
  }

  private func permuted(_ layer: Permute, _ input: Value) -> Value {
    // The value is already in the new order.
    switch (layer.dims, input.layout) {
    case ([2, 3, 1], .natural): return Value(code: input.code, layout: .channelsFirst)
    case ([3, 1, 2], .channelsFirst): return Value(code: input.code, layout: .natural)
    default:
      return Value(
        code: "\(natural(input).code).permute\(tuple([0] + layer.dims))", layout: .natural)
    }
  }

  private mutating func concatenated(
    _ layer: Concatenate, _ call: InferenceGraph.Call, _ inputs: [Value]
  ) -> Value {
    let rank = call.inputShapes[0].count + 1
    let axis = layer.axis < 0 ? layer.axis + rank : layer.axis
    let aligned = alike(inputs, isImage: rank == 4)
    let list = aligned.map(\.code).joined(separator: ", ")
    return Value(
      code: "torch.cat([\(list)], \(aligned[0].layout.axis(axis)))", layout: aligned[0].layout)
  }

  private func merged(
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

  // MARK: - Images

  private mutating func rescaled(
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

  private func interpolated(
    _ code: String, _ size: Size2D, _ interpolation: Interpolation
  ) -> String {
    let mode =
      switch interpolation {
      case .nearest: "mode=\"nearest-exact\""
      case .bilinear: "mode=\"bilinear\", align_corners=False"
      }
    return "F.interpolate(\(code), (\(size.height), \(size.width)), \(mode))"
  }

  private func resized(
    _ layer: Resizing, _ call: InferenceGraph.Call, _ input: Value
  ) -> Value {
    let fitting = ImageFitting(layer, call.inputShapes[0])
    var code = channelsFirst(input).code
    if fitting.cut != 0 { code += slices(fitting.cut, call.inputShapes[0]) }
    if fitting.added != 0 { code = padded(code, fitting.added, value: "\(fitting.fill)") }
    if let size = fitting.resized { code = interpolated(code, size, layer.interpolation) }
    return Value(code: code, layout: .channelsFirst)
  }

  private func cropped(
    _ layer: BaseCrop, _ call: InferenceGraph.Call, _ input: Value
  ) -> Value {
    let fitting = ImageFitting(layer, call.inputShapes[0])
    var code = channelsFirst(input).code
    if fitting.cut != 0 { code += slices(fitting.cut, call.inputShapes[0]) }
    if let size = fitting.resized { code = interpolated(code, size, .bilinear) }
    return Value(code: code, layout: .channelsFirst)
  }
}

extension [Float] {
  /// The transposed matrix.
  func transposed(rows: Int, columns: Int) -> [Float] {
    guard count == rows * columns else { return self }
    var result = self
    for row in 0..<rows {
      for column in 0..<columns { result[column * rows + row] = self[row * columns + column] }
    }
    return result
  }

  /// Transposes each block of `rows` × `columns` elements.
  func transposingBlocks(of rows: Int, by columns: Int) -> [Float] {
    guard columns > 1 else { return self }
    return stride(from: 0, to: count, by: rows * columns).flatMap { start in
      Array(self[start..<start + rows * columns]).transposed(rows: rows, columns: columns)
    }
  }
}
