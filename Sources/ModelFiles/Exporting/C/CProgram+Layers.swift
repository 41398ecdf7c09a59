import NeuralNetwork
import Tensors

/// The layers in C.
extension CProgram {
  /// Translates a call of a layer.
  ///
  /// - Parameters:
  ///   - call: The call.
  ///   - index: Its index.
  /// - Throws: ``CheckpointError`` if the layer has no equivalent, or its weights cannot be read.
  mutating func translate(
    _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    let (x, y) = (place(of: call.inputs[0]), place(of: index + 1))
    let (input, output) = (call.inputShapes[0], call.outputShape)
    let count = output.elementCount
    switch call.layer {
    case let layer where layer.sharesMemory: break
    case let layer as BaseConv: try convolution(layer, call, index)
    case let layer as BasePooling: try pooling(layer, call, index)
    case let layer as BaseGlobalPooling: try globalPooling(layer, call, index)
    case let layer as Dense:
      let units = layer.units
      let (kernel, bias) = (
        try table(call, variable: "kernel"), try table(call, variable: "bias")
      )
      let rows = input.dimensions.dropLast().reduce(1, *)
      activated(layer.activation, rows * units, last: units, index) { program, target in
        program.add(.dense, [x, rows, input[input.count - 1], target, units, kernel, bias])
      }
    case let layer as BatchNormalization: try batchNormalization(layer, call, index)
    case let layer as LayerNormalization:
      let tables = (try table(call, variable: "gamma"), try table(call, variable: "beta"))
      alongAxes(layer.axes, of: input, x, to: y, index) { program, x, y, block in
        program.add(
          .layer_norm,
          [x, y, block.outer, block.count, block.inner, tables.0, tables.1, Float(layer.epsilon)])
      }
    case let layer as Normalization: try normalization(layer, call, index)
    case is PReLU:
      let alpha = try call.values("alpha") ?? []
      let shape = call.variables.first?.shape ?? []
      let (values, n, inner) = Self.compact(alpha, Shape(shape.dimensions), over: input)
      add(.prelu, [x, y, count, n, inner, table(call, "alpha", values)])
    case let layer as Activation:
      apply(layer.activation, from: x, to: y, input.elementCount, last: input.last ?? 1)
    case let layer as Softmax:
      alongAxes(layer.axes, of: input, x, to: y, index) { program, x, y, block in
        program.add(.softmax, [x, y, block.outer, block.count, block.inner])
      }
    case let layer as LeakyReLU:
      rectified(x, y, count, slope: Float(layer.negativeSlope))
    case let layer as ELU:
      let alpha = Float(layer.alpha).cText
      each(x, y, count) { "\($0) > 0.0f ? \($0) : \(alpha) * expm1f(\($0))" }
    case let layer as ReLU:
      rectified(
        x, y, count, slope: Float(layer.negativeSlope), threshold: Float(layer.threshold),
        most: layer.maxValue.map { Float($0) } ?? .infinity)
    case let layer as Permute:
      let strides = layer.dims.map { input.strides[$0 - 1] }
      loop(output.dimensions, strides: [output.strides, strides]) {
        "\(y)[\($0[0])] = \(x)[\($0[1])];"
      }
    case let layer as Rescaling: rescaled(layer, call, index)
    case let layer as Resizing:
      fitted(ImageFitting(layer, input), layer.interpolation, call, index)
    case let layer as BaseCrop: fitted(ImageFitting(layer, input), .bilinear, call, index)
    case let layer as Cropping2D: cut(layer.cropping, input, x, to: y)
    case let layer as ZeroPadding2D: surrounded(layer.padding, input, x, to: y, fill: 0)
    case let layer as UpSampling2D:
      interpolated(x, input, to: y, output, layer.interpolation)
    case let layer as Concatenate: concatenated(layer, call, index)
    case let layer as Merge: try merged(layer, call, index)
    case let layer as Masking:
      let width = input.last ?? 1
      add(.masking, [x, y, count / max(1, width), width, Float(layer.maskValue)])
    default: throw call.refused("C")
    }
  }

  /// The elements of some neighbouring axes: `count` of them, each `inner` elements apart, in
  /// `outer` blocks.
  private struct Block {
    let outer: Int
    let count: Int
    let inner: Int
  }

  /// Adds a computation along some axes, which are brought next to each other if they are not.
  ///
  /// - Parameters:
  ///   - axes: The axes, as Keras counts them.
  ///   - shape: The shape of the input and the output.
  ///   - x: The address of the input.
  ///   - y: The address of the output.
  ///   - index: The index of the call.
  ///   - compute: Adds the computation, from an address to another or the same.
  private mutating func alongAxes(
    _ axes: [Int], of shape: Shape, _ x: String, to y: String, _ index: Int,
    _ compute: (inout CProgram, String, String, Block) -> Void
  ) {
    let axes = axes.map { $0 < 0 ? $0 + shape.count : $0 - 1 }.sorted()
    let extents = shape.dimensions
    let (first, count) = (axes[0], axes.map { extents[$0] }.reduce(1, *))
    if axes == Array(first..<first + axes.count) {
      let block = Block(
        outer: extents[..<first].reduce(1, *), count: count,
        inner: extents[(first + axes.count)...].reduce(1, *))
      return compute(&self, x, y, block)
    }
    let order = shape.indices.filter { !axes.contains($0) } + axes
    let ordered = Shape(order.map { extents[$0] })
    let strides = [ordered.strides, order.map { shape.strides[$0] }]
    let between = scratch(shape.elementCount, index)
    loop(ordered.dimensions, strides: strides) { "\(between)[\($0[0])] = \(x)[\($0[1])];" }
    compute(
      &self, between, between, Block(outer: shape.elementCount / count, count: count, inner: 1))
    loop(ordered.dimensions, strides: strides) { "\(y)[\($0[1])] = \(between)[\($0[0])];" }
  }

  /// Numbers of a shape that is broadcast over another, with as few repetitions as possible.
  ///
  /// - Returns: The numbers, their count, and how many elements in a row have the same number.
  private static func compact(
    _ values: [Float], _ own: Shape, over shape: Shape
  ) -> (values: [Float], count: Int, inner: Int) {
    let (own, full) = (own.dimensions, shape.dimensions)
    let used = own.indices.filter { own[$0] != 1 }
    let last = used.last ?? -1
    let first = used.first ?? 0
    if values.count == 1 { return (values, 1, 1) }
    // Between the first and the last axis that is used, all must be.
    guard (first...last).allSatisfy({ own[$0] == full[$0] }) else {
      let strides = Shape(own).strides
      let places = (0..<shape.elementCount).map { index in
        full.indices.reduce(0) { place, axis in
          let position = index / shape.strides[axis] % full[axis]
          return place + (own[axis] == 1 ? 0 : position * strides[axis])
        }
      }
      return (places.map { values[$0] }, places.count, 1)
    }
    return (values, values.count, full[(last + 1)...].reduce(1, *))
  }

  // MARK: - Convolutions and pooling

  private mutating func convolution(
    _ layer: BaseConv, _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    let (input, output) = (call.inputShapes[0], call.outputShape)
    let x = place(of: call.inputs[0])
    let margins = Margins(
      ofWindow: layer.kernelSize, strides: layer.strides, dilation: layer.dilationRate,
      layer.padding, over: input, to: output)
    let image: [any CArgument] = [input[0], input[1], input[2]]
    func window(_ top: Int, _ left: Int) -> [any CArgument] {
      [
        layer.kernelSize.height, layer.kernelSize.width, layer.strides.height, layer.strides.width,
        layer.dilationRate.height, layer.dilationRate.width, top, left,
      ]
    }
    let bias = try table(call, variable: "bias")
    let filters = output[2]
    let count = output[0] * output[1] * filters
    let places: [any CArgument] = [output[0], output[1]]
    switch layer {
    case let layer as Conv2D:
      let kernel = try table(call, variable: "kernel")
      activated(layer.activation, count, last: filters, index) { program, y in
        program.add(
          .conv2d,
          [x] + image + [y] + places + [filters, kernel, bias]
            + window(margins.top, margins.left) + [layer.groups])
      }
    case let layer as DepthwiseConv2D:
      let kernel = try table(call, variable: "kernel")
      activated(layer.activation, count, last: filters, index) { program, y in
        program.add(
          .depthwise,
          [x] + image + [y] + places + [layer.depthMultiplier, kernel, bias]
            + window(margins.top, margins.left))
      }
    case let layer as SeparableConv2D:
      let depthwise = try table(call, variable: "depthwise_kernel")
      let pointwise = try table(call, variable: "pointwise_kernel")
      let channels = input[2] * layer.depthMultiplier
      let between = scratch(
        output[0] * output[1] * channels
          + (layer.activation.needsOtherMemory ? count : 0), index)
      add(
        .depthwise,
        [x] + image + [between] + places + [layer.depthMultiplier, depthwise, "0"]
          + window(margins.top, margins.left))
      activated(
        layer.activation, count, last: filters, index,
        scratch: "(\(between) + \(output[0] * output[1] * channels))"
      ) { program, y in
        program.add(
          .dense, [between, output[0] * output[1], channels, y, filters, pointwise, bias])
      }
    case let layer as Conv2DTranspose:
      let place = TransposedPlace(layer, over: input, to: output)
      let kernel = try table(call, variable: "kernel")
      activated(layer.activation, count, last: filters, index) { program, y in
        program.add(
          .conv2d_transpose,
          [x] + image + [y] + places + [filters, kernel, bias]
            + window(place.cut.top, place.cut.left))
      }
    default: throw call.refused("C")
    }
  }

  private mutating func pooling(
    _ layer: BasePooling, _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    let (input, output) = (call.inputShapes[0], call.outputShape)
    let margins = Margins(
      ofWindow: layer.poolSize, strides: layer.strides, layer.padding, over: input, to: output)
    let function: CFunction
    switch layer {
    case is MaxPooling2D: function = .max_pool
    case is AveragePooling2D: function = .average_pool
    default: throw call.refused("C")
    }
    add(
      function,
      [
        place(of: call.inputs[0]), input[0], input[1], input[2], place(of: index + 1), output[0],
        output[1], layer.poolSize.height, layer.poolSize.width, layer.strides.height,
        layer.strides.width, margins.top, margins.left,
      ])
  }

  private mutating func globalPooling(
    _ layer: BaseGlobalPooling, _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    let input = call.inputShapes[0]
    let function: CFunction
    switch layer {
    case is GlobalAveragePooling2D: function = .average_pool
    case is GlobalMaxPooling2D: function = .max_pool
    default: throw call.refused("C")
    }
    add(
      function,
      [
        place(of: call.inputs[0]), input[0], input[1], input[2], place(of: index + 1), 1, 1,
        input[0], input[1], 1, 1, 0, 0,
      ])
  }

  // MARK: - Normalization

  private mutating func batchNormalization(
    _ layer: BatchNormalization, _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    let input = call.inputShapes[0]
    let axis = layer.axis < 0 ? layer.axis + input.count : layer.axis - 1
    let channels = input[axis]
    let (gamma, beta) = (try call.values("gamma"), try call.values("beta"))
    let mean = try call.values("moving_mean") ?? []
    let variance = try call.values("moving_variance") ?? []
    // In double precision, because the mean may be much larger than the deviation.
    let scales = (0..<channels).map { channel in
      Double(gamma?[channel] ?? 1) / (Double(variance[channel]) + layer.epsilon).squareRoot()
    }
    let shifts = (0..<channels).map { channel in
      Double(beta?[channel] ?? 0) - Double(mean[channel]) * scales[channel]
    }
    add(
      .affine,
      [
        place(of: call.inputs[0]), place(of: index + 1), input.elementCount, channels,
        input.dimensions[(axis + 1)...].reduce(1, *),
        table(call, "scale", scales.map { Float($0) }),
        table(call, "shift", shifts.map { Float($0) }),
      ])
  }

  private mutating func normalization(
    _ layer: Normalization, _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    let (input, statistics) = (call.inputShapes[0], try NormalizationStatistics(layer, call))
    let shape = Shape(statistics.shape)
    let (mean, n, inner) = Self.compact(statistics.mean, shape, over: input)
    let deviation = Self.compact(statistics.deviation, shape, over: input).values
    let tables = (table(call, "mean", mean), table(call, "deviation", deviation))
    let (x, y) = (place(of: call.inputs[0]), place(of: index + 1))
    if layer.invert {
      add(.affine, [x, y, input.elementCount, n, inner, tables.1, tables.0])
    } else {
      add(.standardize, [x, y, input.elementCount, n, inner, tables.0, tables.1])
    }
  }

  // MARK: - Activations

  /// Adds a computation and an activation function.
  ///
  /// - Parameters:
  ///   - function: The function.
  ///   - count: The number of elements before it.
  ///   - last: The last extent before it.
  ///   - index: The index of the call.
  ///   - scratch: Memory for `count` elements, if the function needs other memory.
  ///   - compute: Adds the computation, which writes to an address.
  private mutating func activated(
    _ function: ActivationFunction, _ count: Int, last: Int, _ index: Int, scratch: String? = nil,
    _ compute: (inout CProgram, String) -> Void
  ) {
    let y = place(of: index + 1)
    let target =
      function.needsOtherMemory ? scratch ?? self.scratch(count, index) : y
    compute(&self, target)
    if function != .linear { apply(function, from: target, to: y, count, last: last) }
  }

  /// Applies an activation function to `count` elements.
  private mutating func apply(
    _ function: ActivationFunction, from x: String, to y: String, _ count: Int, last: Int
  ) {
    let rows = count / max(1, last)
    switch function {
    case .linear: if x != y { each(x, y, count) { $0 } }
    case .relu: each(x, y, count) { "fmaxf(\($0), 0.0f)" }
    case .relu6: clipped(x, y, count) { "cairn_clip(\($0), 0.0f, 6.0f)" }
    case .leakyReLU: rectified(x, y, count, slope: 0.2)
    case .elu, .celu: each(x, y, count) { "\($0) > 0.0f ? \($0) : expm1f(\($0))" }
    case .selu:
      each(x, y, count) {
        "\($0) > 0.0f ? 1.050700987f * \($0) : 1.758099341f * expm1f(\($0))"
      }
    case .gelu:
      use(.gelu)
      each(x, y, count) { "cairn_gelu(\($0))" }
    case .silu:
      use(.sigmoid)
      each(x, y, count) { "\($0) * cairn_sigmoid(\($0))" }
    case .sigmoid:
      use(.sigmoid)
      each(x, y, count) { "cairn_sigmoid(\($0))" }
    case .logSigmoid:
      use(.softplus)
      each(x, y, count) { "-cairn_softplus(-\($0))" }
    case .hardSigmoid: clipped(x, y, count) { "cairn_clip(\($0) + 3.0f, 0.0f, 6.0f) / 6.0f" }
    case .keras2HardSigmoid:
      clipped(x, y, count) { "cairn_clip(0.2f * \($0) + 0.5f, 0.0f, 1.0f)" }
    case .hardSilu:
      clipped(x, y, count) { "\($0) * cairn_clip(\($0) + 3.0f, 0.0f, 6.0f) / 6.0f" }
    case .sparseSigmoid:
      clipped(x, y, count) { "cairn_clip(0.5f * (\($0) + 1.0f), 0.0f, 1.0f)" }
    case .tanh: each(x, y, count) { "tanhf(\($0))" }
    case .hardTanh: clipped(x, y, count) { "cairn_clip(\($0), -1.0f, 1.0f)" }
    case .tanhShrink: each(x, y, count) { "\($0) - tanhf(\($0))" }
    case .hardShrink: each(x, y, count) { "fabsf(\($0)) <= 0.5f ? 0.0f : \($0)" }
    case .softShrink:
      each(x, y, count) {
        "fabsf(\($0)) <= 0.5f ? 0.0f : \($0) < 0.0f ? \($0) + 0.5f : \($0) - 0.5f"
      }
    case .softplus:
      use(.softplus)
      each(x, y, count) { "cairn_softplus(\($0))" }
    case .squareplus: each(x, y, count) { "(\($0) + sqrtf(\($0) * \($0) + 4.0f)) / 2.0f" }
    case .sparsePlus:
      use(.sparse_plus)
      each(x, y, count) { "cairn_sparse_plus(\($0))" }
    case .softsign: each(x, y, count) { "\($0) / (1.0f + fabsf(\($0)))" }
    case .exponential: each(x, y, count) { "expf(\($0))" }
    case .mish:
      use(.softplus)
      each(x, y, count) { "\($0) * tanhf(cairn_softplus(\($0)))" }
    case .softmax: add(.softmax, [x, y, rows, last, 1])
    case .logSoftmax: add(.log_softmax, [x, y, rows, last])
    case .sparsemax: add(.sparsemax, [x, y, rows, last])
    case .glu: add(.glu, [x, y, rows, last / 2])
    }
  }

  /// Adds a loop in which each element of `y` is an expression of that of `x`.
  private mutating func each(
    _ x: String, _ y: String, _ count: Int, _ expression: (String) -> String
  ) {
    add(
      "for (int32_t i = 0; i < \(count); i++) \(y)[i] = \(expression("\(x)[i]"));")
  }

  private mutating func clipped(
    _ x: String, _ y: String, _ count: Int, _ expression: (String) -> String
  ) {
    use(.clip)
    each(x, y, count, expression)
  }

  private mutating func rectified(
    _ x: String, _ y: String, _ count: Int, slope: Float, threshold: Float = 0,
    most: Float = .infinity
  ) {
    use(.rectifier)
    each(x, y, count) {
      "cairn_rectifier(\($0), \(slope.cText), \(threshold.cText), \(most.cText))"
    }
  }

  // MARK: - Images

  private mutating func rescaled(
    _ layer: Rescaling, _ call: InferenceGraph.Call, _ index: Int
  ) {
    func numbers(_ coefficients: Coefficients) -> [Float] {
      switch coefficients {
      case .scalar(let value): [Float(value)]
      case .list(let values): values.map { Float($0) }
      }
    }
    let (scale, offset) = (numbers(layer.scale), numbers(layer.offset))
    let count = max(scale.count, offset.count)
    let tables = [("scale", scale), ("offset", offset)].map { name, values in
      table(call, name, (0..<count).map { values[$0 % values.count] })
    }
    add(
      .affine,
      [
        place(of: call.inputs[0]), place(of: index + 1), call.outputShape.elementCount, count, 1,
        tables[0], tables[1],
      ])
  }

  /// Cuts pixels off, adds some, and interpolates.
  private mutating func fitted(
    _ fitting: ImageFitting, _ interpolation: Interpolation, _ call: InferenceGraph.Call,
    _ index: Int
  ) {
    let (input, output) = (call.inputShapes[0], call.outputShape)
    var (x, y) = (place(of: call.inputs[0]), place(of: index + 1))
    let rows =
      input[0] - fitting.cut.top - fitting.cut.bottom
      + fitting.added.top + fitting.added.bottom
    let columns =
      input[1] - fitting.cut.left - fitting.cut.right
      + fitting.added.left + fitting.added.right
    let fittedShape: Shape = [rows, columns, input[2]]
    guard fitting.resized != nil else {
      if fitting.added != 0 {
        return surrounded(fitting.added, input, x, to: y, fill: fitting.fill)
      }
      return cut(fitting.cut, input, x, to: y)
    }
    if fitting.cut != 0 || fitting.added != 0 {
      let between = scratch(fittedShape.elementCount, index)
      if fitting.added != 0 {
        surrounded(fitting.added, input, x, to: between, fill: fitting.fill)
      } else {
        cut(fitting.cut, input, x, to: between)
      }
      (x, y) = (between, y)
    }
    interpolated(x, fittedShape, to: y, output, interpolation)
  }

  private mutating func interpolated(
    _ x: String, _ input: Shape, to y: String, _ output: Shape, _ interpolation: Interpolation
  ) {
    add(
      interpolation == .nearest ? .resize_nearest : .resize_bilinear,
      [x, input[0], input[1], input[2], y, output[0], output[1]])
  }

  /// Copies an image without its margins.
  private mutating func cut(_ margins: Margins, _ input: Shape, _ x: String, to y: String) {
    let output: Shape = [
      input[0] - margins.top - margins.bottom, input[1] - margins.left - margins.right, input[2],
    ]
    let start = (margins.top * input[1] + margins.left) * input[2]
    loop(output.dimensions, strides: [output.strides, input.strides]) {
      "\(y)[\($0[0])] = \(x)[\(start) + \($0[1])];"
    }
  }

  /// Copies an image into a larger one.
  private mutating func surrounded(
    _ margins: Margins, _ input: Shape, _ x: String, to y: String, fill: Float
  ) {
    let output: Shape = [
      input[0] + margins.top + margins.bottom, input[1] + margins.left + margins.right, input[2],
    ]
    add(
      "for (int32_t i = 0; i < \(output.elementCount); i++) \(y)[i] = \(fill.cText);")
    let start = (margins.top * output[1] + margins.left) * output[2]
    loop(input.dimensions, strides: [output.strides, input.strides]) {
      "\(y)[\(start) + \($0[0])] = \(x)[\($0[1])];"
    }
  }

  // MARK: - Merging

  private mutating func concatenated(
    _ layer: Concatenate, _ call: InferenceGraph.Call, _ index: Int
  ) {
    let (output, y) = (call.outputShape, place(of: index + 1))
    let axis = layer.axis < 0 ? layer.axis + output.count : layer.axis - 1
    var start = 0
    for (input, shape) in zip(call.inputs, call.inputShapes) {
      let x = place(of: input)
      loop(shape.dimensions, strides: [output.strides, shape.strides]) {
        "\(y)[\(start) + \($0[0])] = \(x)[\($0[1])];"
      }
      start += shape[axis] * output.strides[axis]
    }
  }

  private mutating func merged(
    _ layer: Merge, _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    let (output, y) = (call.outputShape, place(of: index + 1))
    let strides = call.inputShapes.map { shape in
      let missing = output.count - shape.count
      return output.indices.map { axis in
        axis < missing || shape[axis - missing] == 1 ? 0 : shape.strides[axis - missing]
      }
    }
    let inputs = call.inputs.map { place(of: $0) }
    let combine: (String, String) -> String
    switch layer {
    case is Add, is Average: combine = { "\($0) + \($1)" }
    case is Subtract: combine = { "\($0) - \($1)" }
    case is Multiply: combine = { "\($0) * \($1)" }
    case is Maximum: combine = { "fmaxf(\($0), \($1))" }
    case is Minimum: combine = { "fminf(\($0), \($1))" }
    default: throw call.refused("C")
    }
    loop(output.dimensions, strides: [output.strides] + strides) { offsets in
      let values = zip(inputs, offsets.dropFirst()).map { "\($0)[\($1)]" }
      var result = values.dropFirst().reduce(values[0], combine)
      if layer is Average { result = "(\(result)) / \(Float(inputs.count).cText)" }
      return "\(y)[\(offsets[0])] = \(result);"
    }
  }
}

extension ActivationFunction {
  /// Whether the result cannot take the place of the argument.
  fileprivate var needsOtherMemory: Bool { self == .glu || self == .sparsemax }
}
