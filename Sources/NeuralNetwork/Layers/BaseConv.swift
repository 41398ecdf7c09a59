public import JSON
import Preconditions
public import Tensors

/// The base class of 2D convolutions.
///
/// See ``Conv2D`` for an example.
public class BaseConv: Layer {
  /// The kernel size.
  public final let kernelSize: Size2D

  /// The strides of the kernel; of a transposed convolution, the spacing in the output between the
  /// kernels of neighbouring input pixels.
  public final let strides: Size2D

  /// The padding mode.
  public final let padding: Padding

  /// The dilation rate: the spacing between the pixels under the kernel; 1 means no dilation.
  public final let dilationRate: Size2D

  /// The activation function of the output.
  public final let activation: ActivationFunction

  /// Whether to add a bias.
  public final let useBias: Bool

  /// The initializers of the kernels, in the order of the weights.
  final let kernelInitializers: [Initializer]

  private let biasInitializer: Initializer

  /// Creates a layer.
  init(
    _ kernelSize: Size2D, strides: Size2D, _ padding: Padding, dilation dilationRate: Size2D,
    _ activation: ActivationFunction, useBias: Bool, kernels: [Initializer], bias: Initializer,
    name: String?, file: StaticString, line: UInt
  ) {
    require(
      padding != .causal || kernelSize.height == 1,
      "`padding` must be valid or same for images, but is \(padding).", file: file, line: line)
    (self.kernelSize, self.strides, self.padding) = (kernelSize, strides, padding)
    (self.dilationRate, self.activation, self.useBias) = (dilationRate, activation, useBias)
    (self.kernelInitializers, self.biasInitializer) = (kernels, bias)
    super.init(name: name)
  }

  /// The bias, with one element for each output channel; `nil` if `useBias` is `false`.
  ///
  /// - Precondition: The layer is built.
  public final var bias: Variable? { useBias ? weight(weights.count - 1) : nil }

  /// The further options of the class, in Keras's form; `nil` for Keras's default.
  var ownOptions: JSON.Object { [:] }

  /// The kernel size, the activation, and the options that differ from Keras's defaults.
  public final override var config: JSON.Object {
    var config: JSON.Object = [
      "kernel_size": kernelSize.json, "activation": .string(activation.rawValue),
    ]
    if strides != 1 { config["strides"] = strides.json }
    if padding != .valid { config["padding"] = .string(padding.rawValue) }
    if dilationRate != 1 { config["dilation_rate"] = dilationRate.json }
    if !useBias { config["use_bias"] = .bool(false) }
    return config.merging(ownOptions) { $1 }
  }

  /// The kernels, each with its initializer, and the bias.
  final func specifications(
    kernels: [(name: String, extents: [Int])], channels: Int
  ) throws(ShapeError) -> [WeightSpecification] {
    guard padding != .causal || isOneDimensional else {
      throw ShapeError(self, "has the padding causal, which only layers over sequences support")
    }
    var specifications: [WeightSpecification] = []
    for (kernel, initializer) in zip(kernels, kernelInitializers) {
      specifications.append(
        WeightSpecification(
          kernel.name, shape: try weightShape(kernel.extents), initializer: initializer))
    }
    if useBias {
      specifications.append(
        WeightSpecification(
          "bias", shape: try weightShape([channels]), initializer: biasInitializer))
    }
    return specifications
  }

  /// The window that slides over an input.
  func window(over inputShape: Shape) throws(ShapeError) -> Window {
    try window(
      kernelSize, strides: strides, dilation: dilationRate, padding: padding, over: inputShape)
  }

  /// Computes the output before the activation function, of which only ReLU is applied.
  ///
  /// - Parameters:
  ///   - x: The images.
  ///   - kernels: The kernels, which are the layer's own or those of a ``BaseConv1D``.
  ///   - bias: The bias; `nil` for none.
  /// - Returns: The output.
  func convolve(_ x: Tensor, kernels: [Tensor], bias: Tensor?) -> Tensor {
    fail("\(Self.className) must override `convolve(_:kernels:bias:)`.")
  }

  /// Convolves the images, adds the bias and applies the activation function.
  public final override func call(_ x: Tensor, training: Bool) -> Tensor {
    activated(
      convolve(x, kernels: kernelInitializers.indices.map { weight($0).value }, bias: bias?.value))
  }

  /// Applies the activation function to what ``convolve(_:kernels:bias:)`` returns.
  final func activated(_ y: Tensor) -> Tensor { activation == .relu ? y : activation(y) }
}

/// Stops the program unless a number of filters or channels is at least 1.
func requirePositive(_ value: Int, _ argument: String, file: StaticString, line: UInt) {
  require(
    value > 0, "`\(argument)` must be at least 1, but is \(value).", file: file, line: line)
}

/// Stops the program if a convolution has both strides and dilation.
func requireStridesOrDilation(
  _ strides: Size2D, _ dilationRate: Size2D, file: StaticString, line: UInt
) {
  require(
    strides == 1 || dilationRate == 1,
    "`strides` or `dilationRate` must be 1, but they are \(strides) and \(dilationRate).",
    file: file, line: line)
}
