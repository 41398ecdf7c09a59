import Tensors

/// The gated recurrent unit.
///
/// Source: K. Cho et al., *Learning Phrase Representations using RNN Encoder-Decoder*, EMNLP 2014.
/// The gates are in Keras's order: update, reset, candidate.
///
/// ```swift
/// let layer = GRU(32)
/// let last = layer(Tensor(zeros: [8, 50, 3]))  // [8, 50, 3] → [8, 32]
/// ```
public final class GRU: BaseRecurrent {
  /// Whether the reset gate is applied after the product with the recurrent kernel, as cuDNN does;
  /// the bias then has two rows.
  public let resetsAfter: Bool

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - units: The number of units, at least 1.
  ///   - resetsAfter: Whether the reset gate is applied after the product with the recurrent
  ///     kernel: Keras's `reset_after`.
  ///   - options: The other options.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ units: Int, resetsAfter: Bool = true, options: RecurrentOptions = RecurrentOptions(),
    name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    self.resetsAfter = resetsAfter
    super.init(units, options, name: name, file: file, line: line)
  }

  override var kind: RecurrentCell.Kind { .gru(resetAfter: resetsAfter) }
}

extension GRU: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["kernel", "recurrent_kernel", "bias"] }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] { BaseRecurrent.kerasInitializers }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(
      try reader.integer("units", atMost: OptionReader.Limit.units),
      // Keras had no such option before 2.2, and then one that was false.
      resetsAfter: try reader.bool("reset_after", default: reader.generation == .keras3),
      options: try RecurrentOptions(reader, hasGates: true), name: reader.name)
  }
}
