public import Tensors

/// A 1D convolution along the steps of a sequence: activation(x ∗ kernel + bias).
///
/// ```swift
/// let layer = Conv1D(32, 5, padding: .causal, activation: .relu)  // 32 filters of 5 steps
/// let features = layer(Tensor(zeros: [8, 100, 16]))  // [8, 100, 32]
/// ```
public final class Conv1D: BaseConv1D {
  private let conv: Conv2D

  /// The number of filters, which is the number of output channels.
  public var filters: Int { conv.filters }

  /// The number of groups; input and output channels are split into this many groups that are
  /// convolved separately.
  public var groups: Int { conv.groups }

  /// The kernel, of shape `[kernel size, input channels / groups, filters]`.
  ///
  /// - Precondition: The layer is built.
  public var kernel: Variable { weight(0) }

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - filters: The number of filters (output channels), at least 1.
  ///   - kernelSize: The kernel size.
  ///   - strides: The stride of the kernel.
  ///   - padding: The padding mode; with `causal`, no output depends on later steps of the input.
  ///   - dilationRate: The dilation rate: the spacing between input steps under the kernel; 1
  ///     means no dilation, and is required for strides above 1.
  ///   - groups: The number of groups that are convolved separately; it must divide the numbers of
  ///     input and output channels.
  ///   - activation: The activation function of the output.
  ///   - useBias: Whether to add a bias.
  ///   - kernelInitializer: The initializer of the kernel.
  ///   - biasInitializer: The initializer of the bias.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public convenience init(
    _ filters: Int, _ kernelSize: Int, strides: Int = 1, padding: Padding = .valid,
    dilationRate: Int = 1, groups: Int = 1, activation: ActivationFunction = .linear,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros, name: String? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    self.init(
      Conv2D(
        filters, Size2D(row: kernelSize), strides: Size2D(row: strides), padding: padding,
        dilationRate: Size2D(row: dilationRate), groups: groups, activation: activation,
        useBias: useBias, kernelInitializer: kernelInitializer, biasInitializer: biasInitializer,
        file: file, line: line),
      name: name)
  }

  private init(_ conv: Conv2D, name: String?) {
    self.conv = conv
    super.init(conv, name: name)
  }
}

extension Conv1D: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { Conv2D.variableNames }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] { Conv2D.initializers }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(try Conv2D(reader.oneDimensional), name: reader.name)
  }
}
