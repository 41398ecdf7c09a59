public import Tensors

/// An activation function; the raw values are Keras's names.
///
/// Functions with parameters use Keras's defaults; the layers ``ReLU``, ``LeakyReLU``, ``ELU`` and
/// ``Softmax`` accept other values. Keras's `threshold` is missing: it requires parameters, and
/// Keras cannot load it by name either.
///
/// ```swift
/// let positive = ActivationFunction.relu([-1, 2])  // [0, 2]
/// let byName = ActivationFunction(rawValue: "gelu")  // .gelu, as Keras names it
/// let layer = Dense(64, activation: .gelu)
/// ```
public enum ActivationFunction: String, Sendable, CaseIterable {
  /// The identity function, x.
  case linear

  /// max(x, 0).
  case relu

  /// min(max(x, 0), 6).
  case relu6

  /// x for positive x, otherwise 0.2 x.
  case leakyReLU = "leaky_relu"

  /// x for positive x, otherwise eˣ − 1.
  case elu

  /// 1.0507 x for positive x, otherwise 1.7581 (eˣ − 1).
  case selu

  /// max(x, 0) + min(eˣ − 1, 0).
  case celu

  /// x Φ(x), computed with the error function (not the tanh approximation).
  case gelu

  /// x / (1 + e⁻ˣ); Keras also calls it `swish`.
  case silu

  /// 1 / (1 + e⁻ˣ).
  case sigmoid

  /// log(1 / (1 + e⁻ˣ)).
  case logSigmoid = "log_sigmoid"

  /// x / 6 + ½, clipped to `0...1`: the `hard_sigmoid` of Keras 3.
  case hardSigmoid = "hard_sigmoid"

  /// x / 5 + ½, clipped to `0...1`: the `hard_sigmoid` of Keras 1 and 2.
  ///
  /// Keras 3 silently loads it as its own `hard_sigmoid`; a conversion to Keras 3 therefore writes
  /// it as two layers.
  case keras2HardSigmoid = "keras2_hard_sigmoid"

  /// x · hardSigmoid(x); Keras also calls it `hard_swish`.
  case hardSilu = "hard_silu"

  /// (x + 1) / 2, clipped to `0...1`.
  case sparseSigmoid = "sparse_sigmoid"

  /// The hyperbolic tangent.
  case tanh

  /// x, clipped to `-1...1`.
  case hardTanh = "hard_tanh"

  /// x − tanh(x).
  case tanhShrink = "tanh_shrink"

  /// x outside `-0.5...0.5`, otherwise 0.
  case hardShrink = "hard_shrink"

  /// x moved towards 0 by ½ outside `-0.5...0.5`, otherwise 0.
  case softShrink = "soft_shrink"

  /// log(1 + eˣ).
  case softplus

  /// (x + √(x² + 4)) / 2.
  case squareplus

  /// 0 for x ≤ −1, x for x ≥ 1, and (x + 1)² / 4 in between.
  case sparsePlus = "sparse_plus"

  /// x / (1 + |x|).
  case softsign

  /// eˣ.
  case exponential

  /// x · tanh(softplus(x)).
  case mish

  /// eˣ / Σ eˣ along the last axis.
  case softmax

  /// log(eˣ / Σ eˣ) along the last axis.
  case logSoftmax = "log_softmax"

  /// max(x − τ, 0) along the last axis, with Keras's τ: see ``Tensor/sparsemax(file:line:)``.
  case sparsemax

  /// a · sigmoid(b), where a and b are the halves of the last axis; the output has half the
  /// channels.
  ///
  /// Only ``Dense`` and ``Activation`` layers support it.
  case glu

  /// The names that Keras accepts beside the raw value.
  var aliases: [String] {
    switch self {
    case .silu: ["swish"]
    case .hardSilu: ["hard_swish"]
    case .logSoftmax: ["log_softmax_v2"]
    default: []
    }
  }

  /// Applies the function.
  ///
  /// - Parameter x: A tensor.
  /// - Returns: A tensor of the same shape; ``glu`` halves the last extent.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .linear: x
    case .relu: x.relu()
    case .relu6: x.relu(negativeSlope: 0, maxValue: 6)
    case .leakyReLU: x.relu(negativeSlope: 0.2)
    case .elu, .celu: x.elu()
    case .selu: x.selu()
    case .gelu: x.gelu()
    case .silu: x.silu()
    case .sigmoid: x.sigmoid()
    case .logSigmoid: x.logSigmoid()
    case .hardSigmoid: x.hardSigmoid()
    case .keras2HardSigmoid: (x * 0.2 + 0.5).relu(negativeSlope: 0, maxValue: 1)
    case .hardSilu: x.hardSilu()
    case .sparseSigmoid: x.sparseSigmoid()
    case .tanh: x.tanh()
    case .hardTanh: x.clipped(to: -1...1)
    case .tanhShrink: x.tanhShrink()
    case .hardShrink: x.hardShrink()
    case .softShrink: x.softShrink()
    case .softplus: x.softplus()
    case .squareplus: x.squareplus()
    case .sparsePlus: x.sparsePlus()
    case .softsign: x.softsign()
    case .exponential: x.exp()
    case .mish: x.mish()
    case .softmax: x.softmax()
    case .logSoftmax: x.logSoftmax()
    case .sparsemax: x.sparsemax()
    case .glu: x.gatedLinearUnit()
    }
  }
}
