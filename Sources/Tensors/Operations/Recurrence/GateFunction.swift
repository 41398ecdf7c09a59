internal import CKernels

/// An activation function of a recurrent cell; its derivative follows from its result.
///
/// See ``Recurrence`` for an example.
public enum GateFunction: Sendable {
  /// x.
  case linear
  /// max(x, 0).
  case relu
  /// 1 / (1 + e⁻ˣ).
  case sigmoid
  /// The hyperbolic tangent.
  case tanh
  /// x / 6 + ½, clipped to `0...1`.
  case hardSigmoid
  /// x / 5 + ½, clipped to `0...1`.
  case keras2HardSigmoid
  /// x / (1 + |x|).
  case softsign
  /// x for positive x, otherwise eˣ − 1.
  case elu
  /// 1.0507 x for positive x, otherwise 1.7581 (eˣ − 1).
  case selu

  var kernel: cairn_gate_function {
    switch self {
    case .linear: cairn_gate_linear
    case .relu: cairn_gate_relu
    case .sigmoid: cairn_gate_sigmoid
    case .tanh: cairn_gate_tanh
    case .hardSigmoid: cairn_gate_hard_sigmoid
    case .keras2HardSigmoid: cairn_gate_keras2_hard_sigmoid
    case .softsign: cairn_gate_softsign
    case .elu: cairn_gate_elu
    case .selu: cairn_gate_selu
    }
  }
}
