import Preconditions
public import Tensors

/// Sets the rows of which all elements are a given value to 0.
///
/// In Keras the layer also makes a mask for the layers after it. Files in which a layer uses the mask are
/// refused.
public final class Masking: Layer {
  /// The value.
  public let maskValue: Double

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - maskValue: The value of the elements of a row that is set to 0.
  ///   - name: What the layer is called.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(
    maskValue: Double = 0, name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      maskValue.isFinite, "`maskValue` must be finite, but is \(maskValue).", file: file, line: line
    )
    self.maskValue = maskValue
    super.init(name: name)
  }

  /// The value, as Keras writes it.
  public override var config: [String: JSON] { ["mask_value": .option(maskValue)] }

  override var trainingGap: String? { "leaves masked rows out of the loss" }

  /// Masks rows along the last axis.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    // Rows of zeros stay what they are.
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
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    let lowest = -Double(Float.greatestFiniteMagnitude)
    self.init(
      maskValue: try reader.number("mask_value", default: 0, in: lowest...), name: reader.layer)
  }
}
