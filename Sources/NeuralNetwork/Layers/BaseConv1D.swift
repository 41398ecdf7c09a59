public import Tensors

/// The base class of 1D convolutions.
///
/// See ``Conv1D`` for an example.
public class BaseConv1D: Spatial1D {
  private let convolution: BaseConv

  /// Creates a layer that computes what a 2D convolution does.
  init(_ convolution: BaseConv, name: String?) {
    self.convolution = convolution
    super.init(convolution, name: name)
  }

  /// The kernel size.
  public final var kernelSize: Int { convolution.kernelSize.width }

  /// The stride of the kernel; of a transposed convolution, the spacing in the output between the
  /// kernels of neighbouring input steps.
  public final var strides: Int { convolution.strides.width }

  /// The padding mode.
  public final var padding: Padding { convolution.padding }

  /// The dilation rate: the spacing between the steps under the kernel; 1 means no dilation.
  public final var dilationRate: Int { convolution.dilationRate.width }

  /// The activation function of the output.
  public final var activation: ActivationFunction { convolution.activation }

  /// Whether to add a bias.
  public final var useBias: Bool { convolution.useBias }

  /// The bias, with one element for each output channel; `nil` if `useBias` is `false`.
  ///
  /// - Precondition: The layer is built.
  public final var bias: Variable? { useBias ? weight(weights.count - 1) : nil }

  /// Convolves the sequences, adds the bias and applies the activation function.
  ///
  /// It is applied last, because a cross-entropy looks for the logits of these very outputs.
  public final override func call(_ x: Tensor, training: Bool) -> Tensor {
    convolution.activated(super.call(x, training: training))
  }

  final override func compute(_ images: Tensor, training: Bool) -> Tensor {
    convolution.convolve(
      images,
      kernels: convolution.kernelInitializers.indices.map { weight($0).value.newAxis(at: 0) },
      bias: bias?.value)
  }
}
