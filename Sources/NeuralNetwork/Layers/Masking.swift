public import JSON
import Preconditions
public import Tensors

/// Sets a row to 0 if all of its elements equal the mask value.
///
/// The following layers leave these rows out, as far as they support masking.
///
/// ```swift
/// let model = Sequential([Masking(maskValue: 0), LSTM(8)])
/// let last = model(sequences)  // [1, 8]; steps of zeros do not count
/// ```
public final class Masking: Layer {
  /// The mask value.
  public let maskValue: Double

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - maskValue: The mask value.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    maskValue: Double = 0, name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      maskValue.isFinite, "`maskValue` must be finite, but is \(maskValue).", file: file, line: line
    )
    self.maskValue = maskValue
    super.init(name: name)
  }

  /// The mask value in Keras's form.
  public override var config: JSON.Object { ["mask_value": .option(maskValue)] }

  /// Whether the output elements are those of the input at inference.
  package override var keepsElements: Bool { true }

  /// Masks the rows along the last axis.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    // A mask value of 0 changes nothing.
    guard maskValue != 0, let width = x.shape.last, width > 0 else { return x }
    let factors = mask(of: x)
    return x * factors.reshaped(Shape(factors.shape + [1]))
  }

  /// The rows with an element that differs from the mask value.
  private func mask(of x: Tensor) -> Tensor {
    let (value, width) = (Float(maskValue), x.shape.last ?? 1)
    let scalars = x.scalars
    let mask = stride(from: 0, to: scalars.count, by: max(1, width)).map { start -> Float in
      scalars[start..<start + width].allSatisfy { $0 == value } ? 0 : 1
    }
    return Tensor(mask, shape: Shape(x.shape.dropLast()))
  }

  /// Whether the layer understands masks: it makes them.
  public override var supportsMasking: Bool { true }

  /// The rows with an element that differs from the mask value; none if the input is one row.
  public override func computeMask(_ inputs: [Tensor]) -> Tensor? {
    inputs[0].rank > 2 ? mask(of: inputs[0]) : nil
  }
}

extension Masking: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    let lowest = -Double(Float.greatestFiniteMagnitude)
    self.init(
      maskValue: try reader.number("mask_value", default: 0, in: lowest...), name: reader.name)
  }
}
