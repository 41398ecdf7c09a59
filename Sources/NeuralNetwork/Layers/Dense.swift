public import JSON
import Preconditions
public import Tensors

/// A fully connected layer: activation(x · kernel + bias).
///
/// ```swift
/// let layer = Dense(10, activation: .softmax)
/// let probabilities = layer(Tensor(zeros: [32, 128]))  // [32, 128] → [32, 10]
/// ```
public final class Dense: Layer {
  /// The number of units (outputs).
  public let units: Int

  /// The activation function of the output.
  public let activation: ActivationFunction

  /// Whether to add a bias.
  public let useBias: Bool

  private let kernelInitializer: Initializer
  private let biasInitializer: Initializer

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - units: The number of units (outputs), at least 1.
  ///   - activation: The activation function of the output.
  ///   - useBias: Whether to add a bias.
  ///   - kernelInitializer: The initializer of the kernel.
  ///   - biasInitializer: The initializer of the bias.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ units: Int, activation: ActivationFunction = .linear, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      units > 0, "Dense: `units` must be at least 1, but is \(units).", file: file, line: line)
    require(
      activation != .glu || units.isMultiple(of: 2),
      "Dense: `units` must be even for `glu`, but is \(units).", file: file, line: line)
    self.units = units
    self.activation = activation
    self.useBias = useBias
    self.kernelInitializer = kernelInitializer
    self.biasInitializer = biasInitializer
    super.init(name: name)
  }

  /// The kernel, of shape `[inputs, units]`.
  ///
  /// - Precondition: The layer is built.
  public var kernel: Variable { weight(0) }

  /// The bias, of shape `[units]`; `nil` if `useBias` is `false`.
  public var bias: Variable? { useBias ? weight(1) : nil }

  /// The options that differ from Keras's defaults.
  public override var config: JSON.Object {
    var config: JSON.Object = [
      "units": .integer(units), "activation": .string(activation.rawValue),
    ]
    if !useBias { config["use_bias"] = .bool(false) }
    return config
  }

  /// The kernel and the bias.
  public override func weightSpecifications(inputShape: Shape) throws(ShapeError)
    -> [WeightSpecification]
  {
    guard let inputs = inputShape.last else {
      throw ShapeError(self, "needs an input with at least one axis, not \(inputShape)")
    }
    let kernel = WeightSpecification(
      "kernel", shape: [inputs, units], initializer: kernelInitializer)
    let bias = WeightSpecification("bias", shape: [units], initializer: biasInitializer)
    return useBias ? [kernel, bias] : [kernel]
  }

  /// The shape of the input with `units` as the last extent; `units / 2` for `glu`.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    Shape(inputShape.dropLast() + [activation == .glu ? units / 2 : units])
  }

  override func multiplicationCount(inputShape: Shape) throws(ShapeError) -> Double {
    inputShape.elements * Layer.vectorized(units)
  }

  /// Whether the layer passes a mask on: it does.
  public override var supportsMasking: Bool { true }

  /// Computes activation(x · kernel + bias) along the last axis.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    let kernel = kernel.value
    require(
      x.shape.last == kernel.shape[0],
      """
      The layer '\(name)' takes inputs with a last extent of \(kernel.shape[0]), but got a tensor \
      of shape \(x.shape).
      """)
    let inputs = kernel.shape[0]
    let rows = x.rank == 2 ? x : x.reshaped([x.count / inputs, inputs])
    var y = rows.matrixProduct(kernel, bias: bias?.value, relu: activation == .relu)
    if x.rank != 2 { y = y.reshaped(Shape(x.shape.dropLast() + [units])) }
    return activation == .relu ? y : activation(y)
  }
}

extension Dense: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["kernel", "bias"] }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] {
    ["kernel_initializer": "glorot_uniform", "bias_initializer": "zeros"]
  }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    let units = try reader.integer("units", atMost: OptionReader.Limit.units)
    try reader.require("quantization_config")
    let activation = try reader.activation(mayHalve: units.isMultiple(of: 2))
    self.init(
      units, activation: activation, useBias: try reader.bool("use_bias", default: true),
      name: reader.name)
  }
}
