import Preconditions
public import Tensors

/// A recipe that changes training images at random, such as `shift=2,rotate=10,flip`.
///
/// Rotation, shear, zoom, flip, shift and elastic distortion are one resampling with bilinear
/// interpolation about the center of the image. Pixels outside the image have, in each channel, the
/// mean value of its border: 0 for MNIST. Thickness, lines, cut, coarse, blur, contrast, noise and
/// erasing follow in this order.
///
/// See ``Dataset/augment(_:seed:)``.
///
/// ```swift
/// let recipe = try AugmentationRecipe(parsing: "shift=2,rotate=10")
/// let augmented = batches.augment(recipe, seed: 1)  // other pictures in each epoch
/// ```
public struct AugmentationRecipe: Hashable, Sendable {
  /// The largest shift along each axis, in pixels; shifts are whole pixels.
  public let shift: Int

  /// The largest rotation to either side, in degrees.
  public let rotate: Double

  /// The largest change of size: images are scaled by factors from `1 - zoom` to `1 + zoom`.
  public let zoom: Double

  /// The largest horizontal shear to either side, in degrees.
  public let shear: Double

  /// Whether half of the images are flipped horizontally.
  public let flip: Bool

  /// The elastic distortion; `nil` if there is none.
  public let elastic: Elastic?

  /// The largest radius by which bright strokes grow or shrink, in pixels.
  ///
  /// The radius r is uniform in `-thickness..<thickness`: a gray dilation (the maximum over a disc)
  /// by r, or an erosion (the minimum) by −r. The results of the two nearest whole radii are
  /// interpolated. Pixels outside the image do not count.
  public let thickness: Double

  /// The probability with which straight rules cross an image: one rule, equally spaced ones, or
  /// a grid, with equal probabilities.
  ///
  /// They are horizontal or vertical, up to 10 degrees tilted, 0.3 to 2 pixels wide, and 0.2 to 0.7
  /// times the longer side of the image apart. Their strength, uniform in `0.1..<1`, is the share
  /// of the way from the mean of the border to 1, or to 0 if that mean is at least 0.5. Each pixel
  /// becomes the stronger one of itself and the rule.
  public let lines: Double

  /// The probability with which a part at one of the four sides of an image, up to 0.35 of its
  /// height or width, is replaced by the mean of its border.
  public let cut: Double

  /// The largest factor, uniform in `1..<coarse`, by which an image is reduced (the mean of areas)
  /// and enlarged again (bilinear interpolation); 1 for none.
  public let coarse: Double

  /// The largest standard deviation of a Gaussian blur in pixels, uniform in `0..<blur`.
  public let blur: Double

  /// The largest change of contrast.
  ///
  /// The differences from the mean of the border are multiplied by a factor that is uniform in
  /// `1 - contrast..<1 + contrast`, and the result is clipped to `0...1`.
  public let contrast: Double

  /// The largest standard deviation of Gaussian noise, uniform in `0..<noise`.
  ///
  /// The noise is added to every value, and the result is clipped to `0...1`.
  public let noise: Double

  /// The probability with which a rectangle of an image is replaced by random values.
  ///
  /// The rectangle covers 2 % to 40 % of the image, with an aspect ratio from 0.3 to 1 / 0.3.
  ///
  /// Source: Z. Zhong et al., *Random Erasing Data Augmentation*, AAAI 2020.
  public let erase: Double

  /// A random displacement of each pixel, smoothed with a Gaussian filter.
  ///
  /// Source: P. Simard, D. Steinkraus, J. Platt, *Best Practices for Convolutional Neural Networks
  /// Applied to Visual Document Analysis*, ICDAR 2003.
  public struct Elastic: Hashable, Sendable {
    /// α, the factor of the smoothed displacements; Simard's 34 moves pixels by 1.4 on average
    /// (root mean square) for a σ of 4.
    public let alpha: Double

    /// σ, the standard deviation of the Gaussian filter, in pixels.
    public let sigma: Double

    /// Creates a distortion.
    ///
    /// - Parameters:
    ///   - alpha: α, the factor of the smoothed displacements, in `0...10000`.
    ///   - sigma: σ, the standard deviation of the Gaussian filter in pixels, in `0.5...64`.
    ///   - file: The source file reported for an invalid argument; defaults to the caller's.
    ///   - line: The source line reported for an invalid argument; defaults to the caller's.
    public init(
      alpha: Double = 34, sigma: Double = 4, file: StaticString = #fileID, line: UInt = #line
    ) {
      require(
        Limit.alpha.contains(alpha) && Limit.sigma.contains(sigma),
        """
        Elastic: `alpha` must be from 0 to 10000 and `sigma` from 0.5 to 64, but they are \
        \(alpha) and \(sigma).
        """, file: file, line: line)
      (self.alpha, self.sigma) = (alpha, sigma)
    }
  }

  /// The valid values.
  enum Limit {
    static let shift = 0...1024
    static let rotate = 0.0...180
    static let zoom = 0.0...0.9
    static let shear = 0.0...60
    static let thickness = 0.0...8
    static let coarse = 1.0...16
    static let blur = 0.0...16
    static let contrast = 0.0...1
    static let noise = 0.0...1
    static let probability = 0.0...1
    static let alpha = 0.0...10000
    static let sigma = 0.5...64
  }

  /// The probability of lines, cuts and erasing if a text gives none.
  static let defaultProbability = 0.5

  /// Creates a recipe; by default it changes nothing.
  ///
  /// - Parameters:
  ///   - shift: The largest shift along each axis in pixels, in `0...1024`.
  ///   - rotate: The largest rotation to either side in degrees, in `0...180`.
  ///   - zoom: The largest change of size as a fraction, in `0...0.9`.
  ///   - shear: The largest horizontal shear to either side in degrees, in `0...60`.
  ///   - flip: Whether half of the images are flipped horizontally.
  ///   - elastic: The elastic distortion; `nil` for none.
  ///   - thickness: The largest radius by which strokes grow or shrink in pixels, in `0...8`.
  ///   - lines: The probability with which rules cross the image.
  ///   - cut: The probability with which a part at one side is cut away.
  ///   - coarse: The largest factor of a reduction, in `1...16`.
  ///   - blur: The largest standard deviation of the blur in pixels, in `0...16`.
  ///   - contrast: The largest change of contrast as a fraction, in `0...1`.
  ///   - noise: The largest standard deviation of the noise, in `0...1`.
  ///   - erase: The probability with which a rectangle is erased.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    shift: Int = 0, rotate: Double = 0, zoom: Double = 0, shear: Double = 0, flip: Bool = false,
    elastic: Elastic? = nil, thickness: Double = 0, lines: Double = 0, cut: Double = 0,
    coarse: Double = 1, blur: Double = 0, contrast: Double = 0, noise: Double = 0,
    erase: Double = 0, file: StaticString = #fileID, line: UInt = #line
  ) {
    func check(_ name: String, _ value: Double, _ range: ClosedRange<Double>) {
      require(
        range.contains(value),
        """
        AugmentationRecipe: `\(name)` must be from \(Self.text(range.lowerBound)) to \
        \(Self.text(range.upperBound)), but is \(Self.text(value)).
        """, file: file, line: line)
    }
    check("shift", Double(shift), 0...Double(Limit.shift.upperBound))
    check("rotate", rotate, Limit.rotate)
    check("zoom", zoom, Limit.zoom)
    check("shear", shear, Limit.shear)
    check("thickness", thickness, Limit.thickness)
    check("lines", lines, Limit.probability)
    check("cut", cut, Limit.probability)
    check("coarse", coarse, Limit.coarse)
    check("blur", blur, Limit.blur)
    check("contrast", contrast, Limit.contrast)
    check("noise", noise, Limit.noise)
    check("erase", erase, Limit.probability)
    // −0 would be another text.
    (self.shift, self.rotate, self.zoom, self.shear) = (shift, rotate + 0, zoom + 0, shear + 0)
    (self.flip, self.elastic, self.erase) = (flip, elastic, erase + 0)
    (self.thickness, self.lines, self.cut) = (thickness + 0, lines + 0, cut + 0)
    (self.coarse, self.blur) = (coarse, blur + 0)
    (self.contrast, self.noise) = (contrast + 0, noise + 0)
  }

  /// The recipe that changes nothing.
  public static let none = AugmentationRecipe()
}

extension AugmentationRecipe {
  /// A number as text, without a fraction if it is whole.
  static func text(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }
}

extension AugmentationRecipe {
  /// Augments a batch of images.
  ///
  /// The random numbers of an image are a function of the seed, the epoch and the index of its
  /// example alone.
  ///
  /// - Parameters:
  ///   - images: Images of shape `[count, height, width, channels]` with pixels in `0...1`.
  ///   - indexes: The index in the training set of the example of each image, at least 0.
  ///   - epoch: The number of epochs before this one.
  ///   - seed: The random seed.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: Images of the same shape.
  public func augmented(
    _ images: Tensor, indexes: [Int], epoch: Int, seed: UInt64, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    require(
      images.rank == 4 && images.shape[0] == indexes.count,
      """
      `images` must have the shape [count, height, width, channels] with one image for each of \
      \(indexes.count) indexes, but the shape is \(images.shape).
      """, file: file, line: line)
    return Augmenter(self, seed: seed).augmented(
      images, indexes.map { Augmenter.Example(index: $0, epoch: epoch) })
  }
}
