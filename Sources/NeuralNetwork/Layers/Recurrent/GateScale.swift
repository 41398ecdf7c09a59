import JSON
package import Tensors

/// What makes the `hard_sigmoid` of one Keras generation compute that of the other: a factor of the
/// weights of the gates.
///
/// It is max(0, min(1, x / 5 + ½)) in Keras 2 and max(0, min(1, x / 6 + ½)) in Keras 3, so a gate
/// of Keras 2 is one of Keras 3 whose sum is 6 / 5 as large.
package struct GateScale: Sendable {
  /// The factor.
  let factor: Float

  /// The number of gates and candidates, whose units are the last axis of each weight.
  ///
  /// The candidate, which has another function, is the third one in Keras's order of LSTM and GRU.
  let gateCount: Int

  private static let candidate = 2

  /// Scales a weight: a kernel, a recurrent kernel or a bias.
  ///
  /// - Parameter weight: The weight, `[..., gateCount * units]`.
  /// - Returns: The weight, with the columns of all gates multiplied.
  package func callAsFunction(_ weight: Tensor) -> Tensor {
    let columns = weight.shape.last ?? 0
    let units = columns / gateCount
    let factors = (0..<columns).map { $0 / units == Self.candidate ? 1 : factor }
    return weight * Tensor(factors)
  }
}

extension Layer {
  /// What the weights are multiplied by so that a Keras generation, which lacks the function of the
  /// gates, computes the same.
  ///
  /// - Parameter dialect: The Keras generation.
  /// - Returns: `nil` if the generation has the function, or lacks another one too.
  func gateScale(for dialect: KerasDialect) -> GateScale? {
    let (missing, factor): (ActivationFunction, Float) =
      dialect == .keras2 ? (.hardSigmoid, 5 / 6) : (.keras2HardSigmoid, 6 / 5)
    let cells = gatedCells
    guard let gateCount = cells.first?.gateCount,
      cells.allSatisfy({
        $0.gateCount == gateCount && $0.options.recurrentActivation == missing
          && $0.options.activation.kerasName(in: dialect) != nil
      })
    else { return nil }
    return GateScale(factor: factor, gateCount: gateCount)
  }

  /// The cells with gates whose weights are those of this layer.
  private var gatedCells: [(gateCount: Int, options: RecurrentOptions)] {
    switch self {
    case let layer as LSTM: [(4, layer.options)]
    case let layer as ConvLSTM2D: [(4, layer.options)]
    case let layer as GRU: [(3, layer.options)]
    case let layer as Bidirectional: layer.forward.gatedCells + layer.backward.gatedCells
    default: []
    }
  }
}

extension JSON {
  /// The options of a recurrent layer, and of those in it, with another function of the gates.
  func replacingGates(by function: ActivationFunction) -> JSON {
    guard var object else { return self }
    for (key, value) in object {
      object[key] =
        key == "recurrent_activation"
        ? .string(function.rawValue) : value.replacingGates(by: function)
    }
    return .object(object)
  }
}
