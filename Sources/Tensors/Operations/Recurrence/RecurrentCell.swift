internal import CKernels

/// The computation of one step of a recurrent layer; the names and orders are Keras's.
///
/// See ``Recurrence`` for an example.
public struct RecurrentCell: Sendable {
  /// The kind of a cell.
  public enum Kind: Equatable, Sendable {
    /// h = activation(x W + h R + b).
    case simple
    /// Long short-term memory, with the gates i, f, c, o.
    ///
    /// Source: S. Hochreiter and J. Schmidhuber, 1997; F. Gers et al., 2000.
    case lstm
    /// The gated recurrent unit, with the gates z, r, h.
    ///
    /// Source: K. Cho et al., 2014. With `resetAfter`, the reset gate is applied after the product,
    /// as cuDNN does, and there are two biases.
    case gru(resetAfter: Bool)
  }

  /// The kind.
  public let kind: Kind
  /// The number of units: the elements of the state.
  public let units: Int
  /// The function of the candidate and of the output.
  public let activation: GateFunction
  /// The function of the gates.
  public let recurrentActivation: GateFunction

  /// Creates a cell.
  ///
  /// - Parameters:
  ///   - kind: The kind.
  ///   - units: The number of units, at least 1.
  ///   - activation: The function of the candidate and of the output.
  ///   - recurrentActivation: The function of the gates.
  public init(
    _ kind: Kind, units: Int, activation: GateFunction = .tanh,
    recurrentActivation: GateFunction = .sigmoid
  ) {
    self.kind = kind
    self.units = units
    self.activation = activation
    self.recurrentActivation = recurrentActivation
  }

  /// The number of gates: the kernel has the shape `[inputs, gates · units]`.
  public var gates: Int {
    switch kind {
    case .simple: 1
    case .lstm: 4
    case .gru: 3
    }
  }

  /// The shape of the bias.
  public var biasShape: Shape {
    kind == .gru(resetAfter: true) ? [2, gates * units] : [gates * units]
  }

  /// The number of states: 2 for LSTM (h and c), 1 for the others.
  public var stateCount: Int { kind == .lstm ? 2 : 1 }

  func kernel(rows: Int) -> cairn_cell {
    cairn_cell(
      rows: Int64(rows), units: Int64(units), activation: activation.kernel,
      recurrent_activation: recurrentActivation.kernel)
  }
}
