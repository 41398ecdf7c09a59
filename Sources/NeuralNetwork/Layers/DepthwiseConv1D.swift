public import Tensors

/// A depthwise 1D convolution: convolves each input channel of a sequence with its own kernels.
///
/// ```swift
/// let layer = DepthwiseConv1D(5, padding: .same, depthMultiplier: 2)
/// let features = layer(Tensor(zeros: [2, 50, 16]))  // [2, 50, 32]: two kernels for each channel
/// ```
public final class DepthwiseConv1D: BaseConv1D {
  private let conv: DepthwiseConv2D

  /// The depth multiplier: the number of output channels for each input channel.
  public var depthMultiplier: Int { conv.depthMultiplier }

  /// The kernels, of shape `[kernel size, channels, depth multiplier]`.
  ///
  /// - Precondition: The layer is built.
  public var kernel: Variable { weight(0) }

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - kernelSize: The kernel size.
  ///   - strides: The stride of the kernels.
  ///   - padding: The padding mode, `valid` or `same`.
  ///   - depthMultiplier: The depth multiplier: the number of output channels for each input
  ///     channel, at least 1.
  ///   - dilationRate: The dilation rate: the spacing between input steps under the kernels; 1
  ///     means no dilation.
  ///   - activation: The activation function of the output.
  ///   - useBias: Whether to add a bias.
  ///   - depthwiseInitializer: The initializer of the kernels.
  ///   - biasInitializer: The initializer of the bias.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public convenience init(
    _ kernelSize: Int, strides: Int = 1, padding: Padding = .valid, depthMultiplier: Int = 1,
    dilationRate: Int = 1, activation: ActivationFunction = .linear, useBias: Bool = true,
    depthwiseInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    self.init(
      DepthwiseConv2D(
        Size2D(row: kernelSize), strides: Size2D(row: strides), padding: padding,
        depthMultiplier: depthMultiplier, dilationRate: Size2D(row: dilationRate),
        activation: activation, useBias: useBias, depthwiseInitializer: depthwiseInitializer,
        biasInitializer: biasInitializer, file: file, line: line),
      name: name)
  }

  private init(_ conv: DepthwiseConv2D, name: String?) {
    self.conv = conv
    super.init(conv, name: name)
  }
}

extension DepthwiseConv1D: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { DepthwiseConv2D.variableNames }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] { DepthwiseConv2D.initializers }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(try DepthwiseConv2D(reader.oneDimensional), name: reader.name)
  }
}
