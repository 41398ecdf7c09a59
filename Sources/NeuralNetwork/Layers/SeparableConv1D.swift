public import Tensors

/// A depthwise separable 1D convolution: a depthwise convolution of a sequence, then a pointwise
/// one of a single step.
///
/// It computes activation((x ∗ depthwise kernel) ∗ pointwise kernel + bias).
///
/// ```swift
/// let layer = SeparableConv1D(32, 5, padding: .same)
/// let features = layer(Tensor(zeros: [2, 50, 16]))  // [2, 50, 32]
/// let parameters = layer.parameterCount  // 624; a Conv1D has 2592
/// ```
public final class SeparableConv1D: BaseConv1D {
  private let conv: SeparableConv2D

  /// The number of filters, which is the number of output channels.
  public var filters: Int { conv.filters }

  /// The depth multiplier: the number of depthwise output channels for each input channel.
  public var depthMultiplier: Int { conv.depthMultiplier }

  /// The depthwise kernels, of shape `[kernel size, channels, depth multiplier]`.
  ///
  /// - Precondition: The layer is built.
  public var depthwiseKernel: Variable { weight(0) }

  /// The pointwise kernel, of shape `[1, channels * depth multiplier, filters]`.
  ///
  /// - Precondition: The layer is built.
  public var pointwiseKernel: Variable { weight(1) }

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - filters: The number of filters (output channels), at least 1.
  ///   - kernelSize: The size of the depthwise kernels.
  ///   - strides: The stride of the depthwise kernels.
  ///   - padding: The padding mode; Keras 3 lacks `causal` in this layer, tf_keras has it.
  ///   - dilationRate: The dilation rate: the spacing between input steps under the depthwise
  ///     kernels; 1 means no dilation.
  ///   - depthMultiplier: The depth multiplier: the number of depthwise output channels for each
  ///     input channel, at least 1.
  ///   - activation: The activation function of the output.
  ///   - useBias: Whether to add a bias.
  ///   - depthwiseInitializer: The initializer of the depthwise kernels.
  ///   - pointwiseInitializer: The initializer of the pointwise kernel.
  ///   - biasInitializer: The initializer of the bias.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public convenience init(
    _ filters: Int, _ kernelSize: Int, strides: Int = 1, padding: Padding = .valid,
    dilationRate: Int = 1, depthMultiplier: Int = 1, activation: ActivationFunction = .linear,
    useBias: Bool = true, depthwiseInitializer: Initializer = .glorotUniform,
    pointwiseInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    self.init(
      SeparableConv2D(
        filters, Size2D(row: kernelSize), strides: Size2D(row: strides), padding: padding,
        dilationRate: Size2D(row: dilationRate), depthMultiplier: depthMultiplier,
        activation: activation, useBias: useBias, depthwiseInitializer: depthwiseInitializer,
        pointwiseInitializer: pointwiseInitializer, biasInitializer: biasInitializer, file: file,
        line: line),
      name: name)
  }

  private init(_ conv: SeparableConv2D, name: String?) {
    self.conv = conv
    super.init(conv, name: name)
  }
}

extension SeparableConv1D: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { SeparableConv2D.variableNames }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] { SeparableConv2D.initializers }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(try SeparableConv2D(reader.oneDimensional), name: reader.name)
  }
}
