import Tensors

/// Long short-term memory.
///
/// Source: S. Hochreiter and J. Schmidhuber, *Long Short-Term Memory*, 1997, with forget gates
/// (F. Gers et al., 2000). The gates are in Keras's order: input, forget, candidate, output.
///
/// ```swift
/// let layer = LSTM(32)
/// let last = layer(Tensor(zeros: [8, 50, 3]))  // [8, 50, 3] → [8, 32]
/// ```
public final class LSTM: BaseRecurrent {
  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - units: The number of units, at least 1.
  ///   - options: The other options.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ units: Int, options: RecurrentOptions = RecurrentOptions(), name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    super.init(units, options, name: name, file: file, line: line)
  }

  override var kind: RecurrentCell.Kind { .lstm }

  /// A bias of 0 becomes 1 for the forget gate: Keras's `unit_forget_bias`.
  override var biasInitializer: Initializer {
    options.biasInitializer == .zeros ? .forgetGateOnes : options.biasInitializer
  }
}

extension LSTM: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["kernel", "recurrent_kernel", "bias"] }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] { BaseRecurrent.kerasInitializers }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(
      try reader.integer("units", atMost: OptionReader.Limit.units),
      options: try RecurrentOptions(reader, hasGates: true), name: reader.name)
  }
}
