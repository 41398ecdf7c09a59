public import JSON
import Preconditions
public import Tensors

/// Reshapes all axes except the batch; the elements keep their order.
///
/// ```swift
/// let layer = Reshape([7, 7, -1])  // -1 stands for the extent that fits
/// let images = layer(Tensor(zeros: [8, 784]))  // [8, 7, 7, 16]
/// ```
public final class Reshape: Layer {
  /// The target shape without the batch axis; one extent may be −1, which is inferred.
  public let targetShape: [Int]

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - targetShape: The target shape without the batch axis: extents of at least 1, of which one
  ///     may be −1 and is inferred.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ targetShape: [Int], name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      targetShape.allSatisfy { $0 > 0 || $0 == -1 } && targetShape.count { $0 == -1 } <= 1,
      "Reshape: `targetShape` must be positive, with at most one -1, but is \(targetShape).",
      file: file, line: line)
    self.targetShape = targetShape
    super.init(name: name)
  }

  /// The target shape in Keras's form.
  public override var config: JSON.Object {
    ["target_shape": .array(targetShape.map(JSON.integer))]
  }

  /// The target shape, with −1 replaced by the inferred extent.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    var known = 1
    var overflow = false
    for extent in targetShape where extent != -1 && !overflow {
      (known, overflow) = known.multipliedReportingOverflow(by: extent)
    }
    let count = inputShape.elementCount
    let hasUnknown = targetShape.contains(-1)
    guard !overflow, hasUnknown ? count.isMultiple(of: known) : count == known else {
      throw ShapeError(self, "cannot give the input \(inputShape) the shape \(targetShape)")
    }
    return Shape(targetShape.map { $0 == -1 ? count / known : $0 })
  }

  /// Whether the output elements are those of the input at inference.
  package override var keepsElements: Bool { true }

  /// Returns the same elements in the target shape.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    do {
      let shape = try outputShape(inputShape: Shape(x.shape.dropFirst()))
      return x.withoutLogits.reshaped(Shape([x.shape[0]] + shape))
    } catch {
      fail("\(error)")
    }
  }
}

extension Reshape: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    let target = try reader.integers("target_shape", in: -1...1 << 27)
    guard let target, !target.contains(0), target.count(where: { $0 == -1 }) <= 1 else {
      throw reader.invalid("target_shape", "is not a shape with at most one unknown extent")
    }
    self.init(target, name: reader.name)
  }
}
