import Tensors

/// Fully connected recurrence: h = activation(x · kernel + h · recurrent kernel + bias).
///
/// ```swift
/// let layer = SimpleRNN(32)
/// let last = layer(Tensor(zeros: [8, 50, 3]))  // [8, 50, 3] → [8, 32]
/// ```
public final class SimpleRNN: BaseRecurrent {
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

  override var kind: RecurrentCell.Kind { .simple }
}

extension SimpleRNN: KerasLayer {
  /// The names of the variables.
  package static var variableNames: [String] { ["kernel", "recurrent_kernel", "bias"] }

  /// The options of initializers with Keras's defaults.
  package static var initializers: [String: String] { BaseRecurrent.kerasInitializers }

  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    self.init(
      try reader.integer("units", atMost: OptionReader.Limit.units),
      options: try RecurrentOptions(reader, hasGates: false), name: reader.name)
  }
}
