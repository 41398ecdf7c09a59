import JSON
package import Tensors

/// What makes the `hard_sigmoid` of one Keras generation compute that of the other in a recurrent
/// cell: a factor of the weights of some gates.
///
/// It is max(0, min(1, x / 5 + ½)) in Keras 2 and max(0, min(1, x / 6 + ½)) in Keras 3, so a gate
/// of Keras 2 is one of Keras 3 whose sum is 6 / 5 as large.
package struct GateScale: Equatable, Sendable {
  /// The factor.
  let factor: Float

  /// Whether each gate or candidate is scaled, whose units follow each other in the last axis of
  /// each weight.
  let isScaled: [Bool]

  /// Scales a weight: a kernel, a recurrent kernel or a bias.
  ///
  /// - Parameter weight: The weight, `[..., gates * units]`.
  /// - Returns: The weight, with the columns of the scaled gates multiplied.
  package func callAsFunction(_ weight: Tensor) -> Tensor {
    let columns = weight.shape.last ?? 0
    let units = columns / isScaled.count
    let factors = (0..<columns).map { isScaled[$0 / units] ? factor : 1 }
    return weight * Tensor(factors)
  }
}

extension Layer {
  /// What the weights are multiplied by so that a Keras generation, which lacks the function of
  /// some gates, computes the same.
  ///
  /// - Parameter dialect: The Keras generation.
  /// - Returns: `nil` if the generation has the functions, or lacks one whose argument is not a sum
  ///   of products of weights.
  func gateScale(for dialect: KerasDialect) -> GateScale? {
    let (missing, factor): (ActivationFunction, Float) =
      dialect == .keras2 ? (.hardSigmoid, 5 / 6) : (.keras2HardSigmoid, 6 / 5)
    var scales: [GateScale] = []
    for cell in cells {
      // The output of LSTM is a function of its cell state.
      let fixed = cell.hasCellState ? [cell.candidate] : []
      guard fixed.allSatisfy({ $0.kerasName(in: dialect) != nil }),
        cell.gates.allSatisfy({ $0 == missing || $0.kerasName(in: dialect) != nil })
      else { return nil }
      scales.append(GateScale(factor: factor, isScaled: cell.gates.map { $0 == missing }))
    }
    guard let scale = scales.first, scale.isScaled.contains(true),
      scales.allSatisfy({ $0 == scale })
    else { return nil }
    return scale
  }

  /// The functions of a recurrent cell.
  private struct CellFunctions {
    /// Those of the gates and of the candidate, in the order of the weights.
    let gates: [ActivationFunction]
    /// That of the candidate.
    let candidate: ActivationFunction
    /// Whether it computes the output from a cell state, too.
    var hasCellState = false
  }

  /// The cells whose weights are those of this layer.
  private var cells: [CellFunctions] {
    func lstm(_ options: RecurrentOptions) -> [CellFunctions] {
      let (gate, candidate) = (options.recurrentActivation, options.activation)
      return [
        CellFunctions(
          gates: [gate, gate, candidate, gate], candidate: candidate, hasCellState: true)
      ]
    }
    switch self {
    case let layer as LSTM: return lstm(layer.options)
    case let layer as BaseConvLSTM: return lstm(layer.options)
    case let layer as GRU:
      let (gate, candidate) = (layer.options.recurrentActivation, layer.options.activation)
      return [CellFunctions(gates: [gate, gate, candidate], candidate: candidate)]
    case let layer as SimpleRNN:
      let function = layer.options.activation
      return [CellFunctions(gates: [function], candidate: function)]
    case let layer as Bidirectional: return layer.forward.cells + layer.backward.cells
    default: return []
    }
  }
}

extension JSON {
  /// The options of a recurrent layer, and of those in it, with another function of gates and
  /// candidates.
  func replacing(_ old: ActivationFunction, by new: ActivationFunction) -> JSON {
    guard var object else { return self }
    for (key, value) in object {
      let isFunction = key == "recurrent_activation" || key == "activation"
      object[key] =
        isFunction && value.string == old.rawValue
        ? .string(new.rawValue) : value.replacing(old, by: new)
    }
    return .object(object)
  }
}
