import JSON
public import Tensors

/// Translates images at random in training.
///
/// ```swift
/// let layer = RandomTranslation(0.1, .between(0, 0.25))  // vertically, and to the right
/// let moved = layer(images, training: true)  // [8, 32, 32, 3]
/// ```
public final class RandomTranslation: RandomTransform {
  /// The vertical shift as a fraction of the height; positive values move the image down.
  public let heightFactor: RandomFactor

  /// The horizontal shift as a fraction of the width; positive values move the image right.
  public let widthFactor: RandomFactor

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - heightFactor: The vertical shift as a fraction of the height, in `-1...1`; positive values
  ///     move the image down.
  ///   - widthFactor: The horizontal shift as a fraction of the width, in `-1...1`; positive values
  ///     move the image right.
  ///   - fillMode: The value of pixels outside the image.
  ///   - interpolation: The interpolation method.
  ///   - fillValue: The constant for ``FillMode/constant``.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ heightFactor: RandomFactor, _ widthFactor: RandomFactor, fillMode: FillMode = .reflect,
    interpolation: Interpolation = .bilinear, fillValue: Float = 0, name: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    heightFactor.requireNumbers(
      in: Self.range, Self.className, "heightFactor", file: file, line: line)
    widthFactor.requireNumbers(
      in: Self.range, Self.className, "widthFactor", file: file, line: line)
    (self.heightFactor, self.widthFactor) = (heightFactor, widthFactor)
    super.init(fillMode, interpolation, fillValue, name: name)
  }

  private static let range = -1.0...1.0

  override var factors: JSON.Object {
    ["height_factor": heightFactor.json, "width_factor": widthFactor.json]
  }

  package override func drawTransform(
    height: Int, width: Int, stream: inout RandomStream
  ) -> AffineTransform {
    let down = stream.uniform(in: heightFactor.bounds) * Float(height)
    let right = stream.uniform(in: widthFactor.bounds) * Float(width)
    return Self.transform(down: down, right: right)
  }

  /// The transform that moves an image.
  ///
  /// - Parameters:
  ///   - down: The vertical shift in pixels.
  ///   - right: The horizontal shift in pixels.
  /// - Returns: The transform.
  package static func transform(down: Float, right: Float) -> AffineTransform {
    AffineTransform(a: [1, 0, -right], b: [0, 1, -down])
  }
}

extension RandomTranslation: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    let options = try reader.transformOptions()
    self.init(
      try reader.requiredFactor("height_factor", in: Self.range),
      try reader.requiredFactor("width_factor", in: Self.range), fillMode: options.fillMode,
      interpolation: options.interpolation, fillValue: options.fillValue, name: reader.name)
    try readCommonOptions(reader)
  }
}
