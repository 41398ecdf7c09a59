import JSON
public import Tensors

/// Rotates images at random in training.
///
/// ```swift
/// let layer = RandomRotation(0.1, fillMode: .constant)  // up to 36° to each side, black around
/// let rotated = layer(images, training: true)  // [8, 32, 32, 3]
/// ```
public final class RandomRotation: RandomTransform {
  /// The angle as a fraction of a full turn; positive values rotate counterclockwise.
  public let factor: RandomFactor

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - factor: The angle as a fraction of a full turn, in `-1...1`; positive values rotate
  ///     counterclockwise.
  ///   - fillMode: The value of pixels outside the image.
  ///   - interpolation: The interpolation method.
  ///   - fillValue: The constant for ``FillMode/constant``.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ factor: RandomFactor, fillMode: FillMode = .reflect,
    interpolation: Interpolation = .bilinear, fillValue: Float = 0, name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    factor.requireNumbers(in: Self.range, Self.className, "factor", file: file, line: line)
    self.factor = factor
    super.init(fillMode, interpolation, fillValue, name: name)
  }

  private static let range = -1.0...1.0

  override var factors: JSON.Object { ["factor": factor.json] }

  package override func drawTransform(
    height: Int, width: Int, stream: inout RandomStream
  ) -> AffineTransform {
    let degrees = stream.uniform(in: factor.bounds) * 360
    return Self.transform(degrees: degrees, height: height, width: width)
  }

  /// The transform that rotates an image about its centre.
  ///
  /// - Parameters:
  ///   - degrees: The angle in degrees; positive values rotate counterclockwise.
  ///   - height: The height of the image.
  ///   - width: The width of the image.
  /// - Returns: The transform.
  package static func transform(degrees: Float, height: Int, width: Int) -> AffineTransform {
    let (sine, cosine) = Elementary.sineAndCosine(degrees: Double(degrees))
    let (x, y) = (Double(width - 1) / 2, Double(height - 1) / 2)
    return AffineTransform(
      a: [Float(cosine), Float(-sine), Float(x - x * cosine + y * sine)],
      b: [Float(sine), Float(cosine), Float(y - x * sine - y * cosine)])
  }
}

extension RandomRotation: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    let options = try reader.transformOptions()
    self.init(
      try reader.requiredFactor("factor", in: Self.range), fillMode: options.fillMode,
      interpolation: options.interpolation, fillValue: options.fillValue, name: reader.name)
    try readCommonOptions(reader)
  }
}
