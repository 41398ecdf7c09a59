public import Tensors

/// A transposed 1D convolution (deconvolution), which lengthens sequences.
///
/// It computes the gradient of a convolution with respect to its input.
///
/// ```swift
/// let layer = Conv1DTranspose(8, 4, strides: 2, padding: .same)
/// let longer = layer(Tensor(zeros: [2, 25, 16]))  // [2, 50, 8]
/// ```
public final class Conv1DTranspose: BaseConv1D {
  private let conv: Conv2DTranspose

  /// The number of filters, which is the number of output channels.
  public var filters: Int { conv.filters }

  /// The output padding: the additional steps of the output.
  ///
  /// With `nil`, the output has (input − 1) · stride + max(kernel, stride) steps for the padding
  /// `valid`, and input · stride steps for `same`. The kernel counts with its dilation.
  public var outputPadding: Int? { conv.outputPadding?.width }

  /// The kernel, of shape `[kernel size, filters, input channels]`.
  ///
  /// - Precondition: The layer is built.
  public var kernel: Variable { weight(0) }

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - filters: The number of filters (output channels), at least 1.
  ///   - kernelSize: The kernel size.
  ///   - strides: The stride: the spacing in the output between the kernels of neighbouring input
  ///     steps.
  ///   - padding: The padding mode, `valid` or `same`.
  ///   - outputPadding: The additional steps of the output, less than the stride; `nil` uses
  ///     Keras's default, see ``outputPadding``.
  ///   - dilationRate: The dilation rate: the spacing between output steps under the kernel; 1
  ///     means no dilation, and is required for strides above 1.
  ///   - activation: The activation function of the output.
  ///   - useBias: Whether to add a bias.
  ///   - kernelInitializer: The initializer of the kernel.
  ///   - biasInitializer: The initializer of the bias.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public convenience init(
    _ filters: Int, _ kernelSize: Int, strides: Int = 1, padding: Padding = .valid,
    outputPadding: Int? = nil, dilationRate: Int = 1, activation: ActivationFunction = .linear,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros, name: String? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    self.init(
      Conv2DTranspose(
        filters, Size2D(row: kernelSize), strides: Size2D(row: strides), padding: padding,
        outputPadding: outputPadding.map { (0, $0) }, dilationRate: Size2D(row: dilationRate),
        activation: activation, useBias: useBias, kernelInitializer: kernelInitializer,
        biasInitializer: biasInitializer, file: file, line: line),
      name: name)
  }

  private init(_ conv: Conv2DTranspose, name: String?) {
    self.conv = conv
    super.init(conv, name: name)
  }
}

extension Conv1DTranspose: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { Conv2DTranspose.variableNames }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] { Conv2DTranspose.initializers }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(try Conv2DTranspose(reader.oneDimensional), name: reader.name)
  }
}
