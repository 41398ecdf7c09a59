/// An affine transform of an image, as the map from output to input coordinates.
///
/// Pixel (x, y) of the output is read at (a₀ x + a₁ y + a₂, b₀ x + b₁ y + b₂) of the input. x is
/// the column and y the row, and pixel centres have integer coordinates.
///
/// ```swift
/// let images = Tensor([1, 2, 3], shape: [1, 1, 3, 1])
/// let shift = AffineTransform(a: [1, 0, 1])  // pixel x of the output is pixel x + 1
/// let moved = images.transformed(by: [shift], fillMode: .constant, fillValue: 0)  // 2, 3, 0
/// ```
public struct AffineTransform: Hashable, Sendable {
  /// The coefficients of the input's x.
  public var a: SIMD3<Float>

  /// The coefficients of the input's y.
  public var b: SIMD3<Float>

  /// Creates a transform.
  ///
  /// - Parameters:
  ///   - a: The coefficients of the input's x; those of the identity by default.
  ///   - b: The coefficients of the input's y; those of the identity by default.
  public init(a: SIMD3<Float> = [1, 0, 0], b: SIMD3<Float> = [0, 1, 0]) {
    (self.a, self.b) = (a, b)
  }

  /// The transform that changes nothing.
  public static let identity = AffineTransform()
}

/// The value of pixels outside an image; the names are Keras's.
///
/// See ``RandomZoom`` for an example.
public enum FillMode: String, Sendable, CaseIterable {
  /// A constant: `kkkk|abcd|kkkk`.
  case constant

  /// The nearest pixel: `aaaa|abcd|dddd`.
  case nearest

  /// The image, reflected about the edge of its last pixel: `dcba|abcd|dcba`.
  case reflect

  /// The image, repeated: `abcd|abcd|abcd`.
  case wrap
}
