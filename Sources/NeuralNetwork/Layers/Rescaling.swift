public import JSON
import Preconditions
public import Tensors

/// Rescales its input: x · scale + offset, with fixed coefficients.
///
/// ```swift
/// let layer = Rescaling(1 / 127.5, offset: -1)  // bytes to numbers from -1 to 1
/// let scaled = layer(Tensor([0, 255]))  // [-1, 1]
/// ```
public final class Rescaling: Layer {
  /// The scale factors.
  public let scale: Coefficients

  /// The offsets.
  public let offset: Coefficients

  /// The function of a Keras `Lambda` that the layer computes in its place; `nil` otherwise.
  var lambda: LinearExpression?

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - scale: The scale factor of all elements, or one for each index of the last axis.
  ///   - offset: The offset of all elements, or one for each index of the last axis.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ scale: Coefficients, offset: Coefficients = 0, name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      (scale.values + offset.values).allSatisfy(\.isFinite),
      """
      Rescaling: `scale` and `offset` must be finite, but are \(scale.values) and \
      \(offset.values).
      """, file: file, line: line)
    self.scale = scale
    self.offset = offset
    super.init(name: name)
  }

  /// Creates a layer with a computed scale factor, such as `1 / 255`.
  ///
  /// A literal alone, which could be both, is ``Coefficients``.
  ///
  /// - Parameters:
  ///   - scale: The scale factor of all elements.
  ///   - offset: The offset of all elements, or one for each index of the last axis.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  @_disfavoredOverload
  public convenience init(
    _ scale: Double, offset: Coefficients = 0, name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    self.init(.scalar(scale), offset: offset, name: name, file: file, line: line)
  }

  /// The scale and the offset, which Keras requires in files.
  public override var config: JSON.Object { ["scale": scale.json, "offset": offset.json] }

  /// The input's shape.
  public override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape {
    for coefficients in [scale, offset] {
      if let channels = coefficients.channels, inputShape.last != channels {
        throw ShapeError(
          self, "has numbers for \(channels) channels, which do not fit the input \(inputShape)")
      }
    }
    return inputShape
  }

  /// Computes x · scale + offset.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    let scaled =
      switch scale {
      case .scalar(let scale): x * Float(scale)
      case .list(let scales): x * Tensor(scales.map { Float($0) })
      }
    return switch offset {
    case .scalar(let offset): offset == 0 ? scaled : scaled + Float(offset)
    case .list(let offsets): scaled + Tensor(offsets.map { Float($0) })
    }
  }

  /// Whether the layer passes a mask on: it does, other than a `Lambda`.
  public override var supportsMasking: Bool { true }
}

extension Rescaling: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    guard let scale = try reader.coefficients("scale") else {
      throw reader.invalid("scale", "is missing")
    }
    self.init(scale, offset: try reader.coefficients("offset") ?? 0, name: reader.name)
  }
}
