/// What a picture of handwriting suffers from pen, paper and camera, with its numbers drawn.
///
/// The parts are applied in the order of the properties. The paper of a picture is the mean value
/// of its border, in each channel.
package struct Degradation: Sendable {
  /// Straight rules on the paper: one, equally spaced ones, or a grid.
  ///
  /// Each pixel becomes the maximum of itself and the rule if the paper is darker than 0.5, and the
  /// minimum otherwise.
  package struct Rules: Sendable {
    /// The unit vector perpendicular to the rules.
    package let normal: SIMD2<Float>

    /// The distance of a rule from the center of the picture, in pixels.
    package let offset: Float

    /// The distance between neighbouring rules in pixels; `nil` for a single rule.
    package let spacing: Float?

    /// The offset of the rules that cross the others at right angles; `nil` if there are none.
    package let crossOffset: Float?

    /// The width of a rule in pixels.
    package let width: Float

    /// How far the rules are from the paper: 0 is the paper, 1 is white on dark paper and black on
    /// light paper.
    package let strength: Float

    /// Creates rules.
    package init(
      normal: SIMD2<Float>, offset: Float, spacing: Float?, crossOffset: Float?, width: Float,
      strength: Float
    ) {
      (self.normal, self.offset, self.spacing) = (normal, offset, spacing)
      (self.crossOffset, self.width, self.strength) = (crossOffset, width, strength)
    }
  }

  /// The part of a picture that remains; the rest becomes paper.
  package struct Window: Sendable {
    /// The rows and columns that remain.
    package let rows, columns: Range<Int>

    /// Creates a window inside a picture.
    package init(rows: Range<Int>, columns: Range<Int>) {
      (self.rows, self.columns) = (rows, columns)
    }
  }

  /// Gaussian noise.
  package struct Noise: Sendable {
    /// The standard deviation.
    package let deviation: Float

    /// The random stream; provides one number for each channel of each pixel.
    package let stream: RandomStream

    /// Creates noise.
    package init(deviation: Float, stream: RandomStream) {
      (self.deviation, self.stream) = (deviation, stream)
    }
  }

  /// The radius by which bright strokes grow, in pixels; they shrink if it is negative.
  package var growth: Float = 0

  /// The rules on the paper; `nil` if there are none.
  package var rules: Rules?

  /// The part of the picture that remains; `nil` if nothing is cut away.
  package var window: Window?

  /// The factor by which the picture is reduced and enlarged again; 1 changes nothing.
  package var coarseness: Double = 1

  /// The standard deviation of a Gaussian blur, in pixels.
  package var blur: Double = 0

  /// The factor of the differences from the paper.
  package var contrast: Float = 1

  /// The noise; `nil` if there is none.
  package var noise: Noise?

  /// Creates the degradation that changes nothing.
  package init() {}
}
