import Preconditions
public import Tensors

/// A recipe that changes training images at random, such as `shift=2,rotate=10,flip`.
///
/// Rotation, shear, zoom, flip, shift and elastic distortion are one resampling with bilinear
/// interpolation about the center of the image. Pixels outside the image have, in each channel, the
/// mean value of its border: 0 for MNIST. Erasing follows.
///
/// See ``Dataset/augment(_:seed:)``.
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
    static let erase = 0.0...1
    static let alpha = 0.0...10000
    static let sigma = 0.5...64
  }

  /// The probability of erasing if a text gives none.
  static let defaultErase = 0.5

  /// Creates a recipe; by default it changes nothing.
  ///
  /// - Parameters:
  ///   - shift: The largest shift along each axis in pixels, in `0...1024`.
  ///   - rotate: The largest rotation to either side in degrees, in `0...180`.
  ///   - zoom: The largest change of size as a fraction, in `0...0.9`.
  ///   - shear: The largest horizontal shear to either side in degrees, in `0...60`.
  ///   - flip: Whether half of the images are flipped horizontally.
  ///   - elastic: The elastic distortion; `nil` for none.
  ///   - erase: The probability with which a rectangle is erased.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  public init(
    shift: Int = 0, rotate: Double = 0, zoom: Double = 0, shear: Double = 0, flip: Bool = false,
    elastic: Elastic? = nil, erase: Double = 0, file: StaticString = #fileID, line: UInt = #line
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
    check("erase", erase, Limit.erase)
    // −0 would be another text.
    (self.shift, self.rotate, self.zoom, self.shear) = (shift, rotate + 0, zoom + 0, shear + 0)
    (self.flip, self.elastic, self.erase) = (flip, elastic, erase + 0)
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
