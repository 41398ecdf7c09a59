public import JSON
import Preconditions
public import Tensors

/// Returns its input, and adds an L1/L2 penalty on it to the training loss.
///
/// The penalty is l1 · Σ|x| + l2 · Σx² over all examples of a batch, divided by their number.
///
/// ```swift
/// let layer = ActivityRegularization(l2: 1e-4)
/// let same = layer(Tensor([1, 2]))  // [1, 2]
/// ```
public final class ActivityRegularization: Layer {
  /// The L1 factor, of the sum of absolute values.
  public let l1: Double

  /// The L2 factor, of the sum of squares.
  public let l2: Double

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - l1: The L1 factor, of the sum of absolute values; at least 0.
  ///   - l2: The L2 factor, of the sum of squares; at least 0.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    l1: Double = 0, l2: Double = 0, name: String? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    require(
      l1 >= 0 && l2 >= 0 && l1.isFinite && l2.isFinite,
      "`l1` and `l2` must be finite and at least 0, but are \(l1) and \(l2).", file: file,
      line: line)
    self.l1 = l1
    self.l2 = l2
    super.init(name: name)
    outputRegularizer = penaltyOfOptions
  }

  override var penaltyOfOptions: Regularizer? { Regularizer(l1: l1, l2: l2) }

  /// The factors in Keras's form.
  public override var config: JSON.Object { ["l1": .option(l1), "l2": .option(l2)] }

  /// Whether the output elements are those of the input at inference.
  package override var keepsElements: Bool { true }

  /// Returns the input.
  public override func call(_ x: Tensor, training: Bool) -> Tensor { x }

  /// Whether the layer passes a mask on: it does.
  public override var supportsMasking: Bool { true }
}

extension ActivityRegularization: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    // Keras writes a regularizer that repeats the factors.
    reader.ignore("activity_regularizer")
    self.init(
      l1: try reader.number("l1", default: 0, in: 0...),
      l2: try reader.number("l2", default: 0, in: 0...), name: reader.name)
  }
}
