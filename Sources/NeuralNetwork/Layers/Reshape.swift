import Preconditions
public import Tensors

/// Gives all axes but the batch another shape; the elements stay in their order.
public final class Reshape: Layer {
  /// The shape without the batch; one extent may be −1, which stands for what remains.
  public let targetShape: [Int]

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - targetShape: The shape without the batch: extents of at least 1, of which one may be −1
  ///     instead, which stands for what remains.
  ///   - name: What the layer is called.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  public init(
    _ targetShape: [Int], name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      targetShape.allSatisfy { $0 > 0 || $0 == -1 } && targetShape.count { $0 == -1 } <= 1,
      "Reshape: `targetShape` must have positive extents and at most one -1, but is \(targetShape).",
      file: file, line: line)
    self.targetShape = targetShape
    super.init(name: name)
  }

  /// The shape, as Keras writes it.
  public override var config: [String: JSON] {
    ["target_shape": .array(targetShape.map(JSON.integer))]
  }

  /// The target, with its unknown extent found.
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

  /// Returns the same elements in the other shape.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    do {
      let shape = try outputShape(inputShape: Shape(x.shape.dropFirst()))
      return x.reshaped(Shape([x.shape[0]] + shape))
    } catch {
      fail("\(error)")
    }
  }
}

extension Reshape: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: ConfigReader) throws(KerasError) {
    let target = try reader.integers("target_shape", in: -1...1 << 27)
    guard let target, !target.contains(0), target.count(where: { $0 == -1 }) <= 1 else {
      throw .option(
        layer: reader.layer, key: "target_shape",
        problem: "is not a shape with at most one unknown extent")
    }
    self.init(target, name: reader.layer)
  }
}
