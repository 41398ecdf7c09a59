import JSON
public import Tensors

/// Zooms images at random in training.
///
/// ```swift
/// let layer = RandomZoom(.between(-0.2, 0), fillMode: .nearest)  // enlarges by up to 20 %
/// let enlarged = layer(images, training: true)  // [8, 32, 32, 3]
/// ```
public final class RandomZoom: RandomTransform {
  /// The vertical zoom; positive values shrink the image, negative ones enlarge it.
  public let heightFactor: RandomFactor

  /// The horizontal zoom; `nil` equals the vertical zoom, which keeps the aspect ratio.
  public let widthFactor: RandomFactor?

  /// Creates a layer.
  ///
  /// - Parameters:
  ///   - heightFactor: The vertical zoom, greater than -1 and at most 1: 0.2 shows 20 % more of the
  ///     height, and -0.2 shows 20 % less.
  ///   - widthFactor: The horizontal zoom; `nil` equals the vertical zoom, which keeps the aspect
  ///     ratio.
  ///   - fillMode: The value of pixels outside the image.
  ///   - interpolation: The interpolation method.
  ///   - fillValue: The constant for ``FillMode/constant``.
  ///   - name: The name of the layer; `nil` lets the model choose it.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    _ heightFactor: RandomFactor, _ widthFactor: RandomFactor? = nil,
    fillMode: FillMode = .reflect, interpolation: Interpolation = .bilinear, fillValue: Float = 0,
    name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    heightFactor.requireNumbers(
      in: Self.range, Self.className, "heightFactor", file: file, line: line)
    widthFactor?.requireNumbers(
      in: Self.range, Self.className, "widthFactor", file: file, line: line)
    (self.heightFactor, self.widthFactor) = (heightFactor, widthFactor)
    super.init(fillMode, interpolation, fillValue, name: name)
  }

  /// Keras excludes −1.
  private static let range = (-1.0).nextUp...1.0

  override var factors: JSON.Object {
    ["height_factor": heightFactor.json, "width_factor": widthFactor?.json]
  }

  package override func drawTransform(
    height: Int, width: Int, stream: inout RandomStream
  ) -> AffineTransform {
    let vertical = 1 + stream.uniform(in: heightFactor.bounds)
    let horizontal = widthFactor.map { 1 + stream.uniform(in: $0.bounds) } ?? vertical
    return Self.transform(
      vertical: vertical, horizontal: horizontal, height: height, width: width)
  }

  /// The transform that zooms an image about its centre.
  ///
  /// - Parameters:
  ///   - vertical: The visible part of the height; greater than 1 shrinks the image.
  ///   - horizontal: The visible part of the width.
  ///   - height: The height of the image.
  ///   - width: The width of the image.
  /// - Returns: The transform.
  package static func transform(
    vertical: Float, horizontal: Float, height: Int, width: Int
  ) -> AffineTransform {
    AffineTransform(
      a: [horizontal, 0, (Float(width) - 1) / 2 * (1 - horizontal)],
      b: [0, vertical, (Float(height) - 1) / 2 * (1 - vertical)])
  }
}

extension RandomZoom: KerasLayer {
  /// Creates a layer with the options of a file.
  package convenience init(_ reader: OptionReader) throws(KerasError) {
    let options = try reader.transformOptions()
    self.init(
      try reader.requiredFactor("height_factor", in: Self.range),
      try reader.factor("width_factor", in: Self.range), fillMode: options.fillMode,
      interpolation: options.interpolation, fillValue: options.fillValue, name: reader.name)
    try readCommonOptions(reader)
  }
}
