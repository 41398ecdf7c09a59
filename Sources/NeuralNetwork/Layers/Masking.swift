public import JSON
import Preconditions
public import Tensors

/// Sets a row to 0 if all of its elements equal the mask value.
///
/// In Keras, the layer also passes a mask to the following layers. Files in which a layer uses the
/// mask cannot be loaded.
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

  override var trainingGap: String? { "leaves masked rows out of the loss" }

  /// Whether the output elements are those of the input at inference.
  package override var keepsElements: Bool { true }

  /// Masks the rows along the last axis.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    // A mask value of 0 changes nothing.
    guard maskValue != 0, let width = x.shape.last, width > 0 else { return x }
    let value = Float(maskValue)
    let scalars = x.scalars
    let mask = stride(from: 0, to: scalars.count, by: width).map { start -> Float in
      scalars[start..<start + width].allSatisfy { $0 == value } ? 0 : 1
    }
    return x * Tensor(mask, shape: Shape(x.shape.dropLast() + [1]))
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
