public import JSON
import Preconditions
public import Tensors

/// A transposed 3D convolution (deconvolution), which enlarges volumes.
///
/// It computes the gradient of a convolution with respect to its input, as the sum of transposed 2D
/// convolutions of planes, one for each plane of the kernel.
///
/// ```swift
/// let layer = Conv3DTranspose(4, 2, strides: 2)
/// let volumes = layer(Tensor(zeros: [2, 4, 7, 7, 8]))  // [2, 8, 14, 14, 4]
/// ```
public final class Conv3DTranspose: Layer {
  /// The number of filters, which is the number of output channels.
  public let filters: Int
  /// The kernel size.
  public let kernelSize: Size3D
  /// The strides: the spacing in the output between the kernels of neighbouring input elements.
  public let strides: Size3D
  /// The padding mode.
  public let padding: Padding
  /// The additional planes, rows and columns of the output; `nil` uses Keras's default, see
  /// ``Conv2DTranspose/outputPadding``.
  public let outputPadding: (depth: Int, height: Int, width: Int)?
  /// The activation function of the output.
  public let activation: ActivationFunction
  /// Whether to add a bias.
  public let useBias: Bool

  private let kernelInitializer: Initializer
  private let biasInitializer: Initializer

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - filters: The number of filters (output channels), at least 1.
  ///   - kernelSize: The kernel size.
  ///   - strides: The strides: the spacing in the output between the kernels of neighbouring input
  ///     elements.
  ///   - padding: The padding mode, `valid` or `same`.
  ///   - outputPadding: The additional planes, rows and columns of the output, less than the
  ///     strides; `nil` uses Keras's default.
  ///   - activation: The activation function of the output.
  ///   - useBias: Whether to add a bias.
  ///   - kernelInitializer: The initializer of the kernel.
  ///   - biasInitializer: The initializer of the bias.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ filters: Int, _ kernelSize: Size3D, strides: Size3D = 1, padding: Padding = .valid,
    outputPadding: (depth: Int, height: Int, width: Int)? = nil,
    activation: ActivationFunction = .linear, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(filters, "filters", file: file, line: line)
    require(
      padding != .causal, "`padding` must be valid or same for volumes, but is causal.", file: file,
      line: line)
    if let outputPadding {
      require(
        (0..<strides.depth).contains(outputPadding.depth)
          && (0..<strides.height).contains(outputPadding.height)
          && (0..<strides.width).contains(outputPadding.width),
        """
        `outputPadding` must be at least 0 and less than `strides`, but is \(outputPadding) for \
        \(strides).
        """, file: file, line: line)
    }
    (self.filters, self.kernelSize, self.strides) = (filters, kernelSize, strides)
    (self.padding, self.outputPadding) = (padding, outputPadding)
    (self.activation, self.useBias) = (activation, useBias)
    (self.kernelInitializer, self.biasInitializer) = (kernelInitializer, biasInitializer)
    super.init(name: name)
  }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object {
    var config: JSON.Object = [
      "filters": .integer(filters), "kernel_size": kernelSize.json,
      "activation": .string(activation.rawValue),
    ]
    if strides != 1 { config["strides"] = strides.json }
    if padding != .valid { config["padding"] = .string(padding.rawValue) }
    if let more = outputPadding {
      config["output_padding"] = .array([more.depth, more.height, more.width].map(JSON.integer))
    }
    if !useBias { config["use_bias"] = .bool(false) }
    return config
  }

  /// The window of the corresponding forward convolution, which slides over this layer's output.
  private func window(over inputShape: Shape) throws(ShapeError) -> TransposedVolumeWindow {
    try requireVolumes(inputShape)
    // The planes are placed as the rows of a window of one column.
    let rows = Window(
      transposed: Size2D(kernelSize.depth, 1), strides: Size2D(strides.depth, 1),
      padding: padding, outputPadding: outputPadding.map { ($0.depth, 0) },
      over: [inputShape[0], 1, 1], filters: 1)
    let plane = Window(
      transposed: kernelSize.plane, strides: strides.plane, padding: padding,
      outputPadding: outputPadding.map { ($0.height, $0.width) },
      over: Shape(inputShape.dropFirst()), filters: filters)
    guard let rows, let plane else {
      throw ShapeError(self, "makes no output of its input \(inputShape)")
    }
    let spread = (inputShape[0] - 1) * strides.depth + kernelSize.depth
    let before = padding == .same ? max(0, spread - rows.inputHeight) / 2 : 0
    let taps = (0..<kernelSize.depth).map { tap in
      (0..<rows.inputHeight).map { place -> Int? in
        let moved = place + before - tap
        guard moved >= 0, moved.isMultiple(of: strides.depth) else { return nil }
        let seen = moved / strides.depth
        return seen < inputShape[0] ? seen : nil
      }
    }
    return TransposedVolumeWindow(depth: rows.inputHeight, plane: plane, taps: taps)
  }

  /// The kernel, of shape `[depth, height, width, filters, input channels]`, and the bias.
  public override func weightSpecifications(
    inputShape: Shape
  ) throws(ShapeError) -> [WeightSpecification] {
    _ = try window(over: inputShape)
    let extents = [
      kernelSize.depth, kernelSize.height, kernelSize.width, filters, inputShape[3],
    ]
    let kernel = WeightSpecification(
      "kernel", shape: try weightShape(extents), initializer: kernelInitializer)
    let bias = WeightSpecification("bias", shape: [filters], initializer: biasInitializer)
    return useBias ? [kernel, bias] : [kernel]
  }

  /// The shape `[depth, height, width, filters]`.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    let window = try window(over: inputShape)
    return try outputShape(
      [window.depth, window.plane.inputHeight, window.plane.inputWidth, filters])
  }

  override func workingCount(inputShape: Shape) throws(ShapeError) -> Double {
    let window = try window(over: inputShape)
    let plane = Double(window.plane.inputHeight) * Double(window.plane.inputWidth)
    return Double(kernelSize.depth) * Double(filters) * plane
      * (Double(inputShape[0]) + Double(window.depth))
  }

  override func multiplicationCount(inputShape: Shape) throws(ShapeError) -> Double {
    inputShape.elements * kernelSize.count * Layer.vectorized(filters)
  }

  /// Spreads the volumes, adds the bias and applies the activation function.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    let kernel = weights[0].value
    guard let window = try? window(over: Shape(x.shape.dropFirst())),
      x.shape[4] == kernel.shape[4]
    else { fail("The layer '\(name)' does not take volumes of the shape \(x.shape).") }
    let images = x.reshaped(Shape([x.shape[0] * x.shape[1]] + x.shape.dropFirst(2)))
    let plane = [window.plane.inputHeight, window.plane.inputWidth, filters]
    var sum: Tensor?
    for (tap, depths) in window.taps.enumerated() where depths.contains(where: { $0 != nil }) {
      let kernelPlane = kernel.slice(tap..<tap + 1, axis: 0)
        .reshaped(Shape(kernel.shape.dropFirst()))
      let spread = images.transposedConvolution(
        kernelPlane, strides: strides.plane, padding: padding,
        outputPadding: outputPadding.map { ($0.height, $0.width) })
      let part = spread.reshaped(Shape([x.shape[0], x.shape[1]] + plane)).planes(at: depths)
      sum = sum.map { $0 + part } ?? part
    }
    let shape = Shape([x.shape[0], window.depth] + plane)
    var y = (sum ?? Tensor(zeros: shape)).reshaped(shape)
    if useBias { y = y + weights[1].value }
    return activation(y)
  }
}

/// The window of a transposed convolution over volumes.
private struct TransposedVolumeWindow {
  /// The number of planes of the output.
  let depth: Int
  /// The window that slides over a plane of the output.
  let plane: Window
  /// For each plane of the kernel, the plane of the input that each plane of the output gets
  /// through it; `nil` for none.
  let taps: [[Int?]]
}

extension Conv3DTranspose: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["kernel", "bias"] }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] {
    ["kernel_initializer": "glorot_uniform", "bias_initializer": "zeros"]
  }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    try reader.requireChannelsLast()
    // tf_keras writes the groups, but supports only 1.
    try reader.require("groups", .integer(1))
    // TensorFlow needs its compiler to train with a dilation, and tf_keras has no option for it.
    let none = JSON.integer(1)
    try reader.require("dilation_rate", .array([none, none, none]), none)
    let strides = try reader.size3D("strides", default: 1)
    self.init(
      try reader.integer("filters", atMost: OptionReader.Limit.channels),
      try reader.size3D("kernel_size", default: nil), strides: strides,
      padding: try reader.padding(), outputPadding: try reader.outputPadding3D(strides: strides),
      activation: try reader.activation(), useBias: try reader.bool("use_bias", default: true),
      name: reader.name)
  }
}

extension OptionReader {
  /// Reads the `output_padding` of a transposed convolution of volumes.
  fileprivate func outputPadding3D(
    strides: Size3D
  ) throws(KerasError) -> (depth: Int, height: Int, width: Int)? {
    guard let value = config["output_padding"]?.withoutNumPy else { return nil }
    let sides = value.array.map { $0.map(\.integer) } ?? Array(repeating: value.integer, count: 3)
    let limits = [strides.depth, strides.height, strides.width]
    let known = zip(sides, limits).compactMap { side, limit in
      side.flatMap { (0..<limit).contains($0) ? $0 : nil }
    }
    guard sides.count == 3, known.count == 3 else {
      throw invalid(
        "output_padding",
        "is not one or three whole numbers, at least 0 and less than the strides")
    }
    return (known[0], known[1], known[2])
  }
}
