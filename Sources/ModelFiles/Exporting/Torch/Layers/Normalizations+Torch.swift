import NeuralNetwork
import Tensors

/// Normalization in PyTorch.
extension TorchModule {
  mutating func batchNormalization(
    _ layer: BatchNormalization, _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    let rank = call.inputShapes[0].count + 1
    let axis = layer.axis < 0 ? layer.axis + rank : layer.axis
    let isChannels = input.layout.hasChannelsFirst && axis == rank - 1
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

  mutating func layerNormalization(
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

  mutating func groupNormalization(
    _ layer: GroupNormalization, _ call: InferenceGraph.Call, _ input: Value
  ) throws(CheckpointError) -> Value {
    let rank = call.inputShapes[0].count + 1
    let axis = layer.axis < 0 ? layer.axis + rank : layer.axis
    let isChannels = input.layout.hasChannelsFirst && axis == rank - 1
    let input = isChannels ? input : natural(input)
    let channels = call.inputShapes[0][axis - 1]
    let hasScale = layer.scale || layer.center
    let module = try declare(
      call,
      "nn.GroupNorm(\(layer.groupCount(channels)), \(channels), eps=\(layer.epsilon)"
        + "\(hasScale ? "" : ", affine=False"))"
    ) { name, tensors throws(CheckpointError) in
      guard hasScale else { return }
      for (key, values, value) in [
        ("weight", try call.values("gamma"), 1), ("bias", try call.values("beta"), 0),
      ] as [(String, [Float]?, Float)] {
        tensors.add(
          "\(name).\(key)", shape: [channels],
          values ?? [Float](repeating: value, count: channels))
      }
    }
    return Value(
      code: isChannels || axis == 1
        ? "\(module)(\(input.code))"
        : "\(module)(\(input.code).movedim(\(axis), 1)).movedim(1, \(axis))",
      layout: input.layout)
  }

  mutating func unitNormalized(
    _ layer: UnitNormalization, _ call: InferenceGraph.Call, _ input: Value
  ) -> Value {
    let rank = call.inputShapes[0].count + 1
    let axes = layer.axes.map { input.layout.axis($0 < 0 ? $0 + rank : $0) }
    let x = hold(input.code, call.name)
    return Value(
      code: "\(x) * \(x).square().sum(\(tuple(axes)), keepdim=True).clamp(min=1e-24).rsqrt()",
      layout: input.layout)
  }

  mutating func normalization(
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
}
