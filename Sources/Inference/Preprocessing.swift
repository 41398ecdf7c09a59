/// The decisions of the preprocessing of an image.
///
/// ```swift
/// let decisions = try classifier(picture).preprocessing
/// print(decisions.mode, decisions.inverted, decisions.inversionReason)  // none false asIs
/// print(decisions.inputRange?.rawValue ?? "", decisions.output?.rawValue ?? "")  // 0..1 logits
/// ```
public struct Preprocessing: Equatable, Sendable {
  /// The reason for inverting the image or not.
  public enum InversionReason: String, Sendable {
    /// The user requested it.
    case requested
    /// The ink is darker than the background.
    case inkIsDarker = "ink_is_darker"
    /// The ink is lighter than the background.
    case inkIsLighter = "ink_is_lighter"
    /// The image was used unchanged.
    case asIs = "as_is"
  }

  /// A rectangle of the image, in pixels.
  public struct Box: Equatable, Sendable {
    /// The leftmost column.
    public let x: Int
    /// The topmost row.
    public let y: Int
    /// The width.
    public let width: Int
    /// The height, in pixels.
    public let height: Int

    package init(x: Int, y: Int, width: Int, height: Int) {
      self.x = x
      self.y = y
      self.width = width
      self.height = height
    }
  }

  /// A position or a distance, in pixels.
  public struct Offset<Number: Equatable & Sendable>: Equatable, Sendable {
    /// The horizontal component, to the right.
    public let x: Number
    /// The vertical component, downwards.
    public let y: Number
  }

  /// How the background was found.
  public enum Background: String, Sendable {
    /// The border of the image shows an even sheet, with one large piece of ink on it.
    case even
    /// The background was estimated around each pixel, and lines and foreign pieces were removed.
    case local
  }

  /// The applied mode, never ``PreprocessingMode/auto``.
  public let mode: PreprocessingMode
  /// The width of the image after rotation and reduction, in pixels.
  public let sourceWidth: Int
  /// The height of the image after rotation and reduction, in pixels.
  public let sourceHeight: Int
  /// The Exif orientation that was applied; `nil` for none.
  public let orientation: Int?
  /// The factor by which a large image was reduced, in each direction; `nil` for none.
  public let reducedBy: Int?
  /// The weights of red, green and blue in the gray levels, in thousandths; `nil` for luminance.
  let colourWeights: ColourWeights?
  /// Whether the image was inverted.
  public let inverted: Bool
  /// The reason for inverting or not.
  public let inversionReason: InversionReason
  /// How the background was found; `nil` if it was not.
  public let background: Background?
  /// The gray level of the background, in `0...1`; `nil` if it was not determined, or differs from
  /// place to place.
  public let paperLevel: Double?
  /// The contrast between the strongest ink and the background, in `0...1`; `nil` if it was not
  /// determined.
  public let contrast: Double?
  /// The ink threshold: the minimum difference from the background, in `0...1`; only in mode
  /// `mnist`.
  public let inkThreshold: Double?
  /// Whether printed lines, such as rules and frames, were removed; only in mode `mnist`.
  public let removedLines: Bool?
  /// The number of large pieces of ink that may be digits; only in mode `mnist`.
  public let pieces: Int?
  /// The bounding box of the ink; only in mode `mnist`.
  public let cropBox: Box?
  /// The fit to the aspect ratio of the input, as in the training or as requested: `crop`, `pad` or
  /// `stretch`; `nil` if neither the file nor the user says, or the image had the input's size.
  public internal(set) var fit: String?
  /// The scale factor from the image to the result; only in mode `mnist`.
  public let scale: Double?
  /// The centre of mass in the 20 × 20 box; only in mode `mnist`.
  public let centreOfMass: Offset<Double>?
  /// The position of the 20 × 20 box in the 28 × 28 field; only in mode `mnist`.
  public let shift: Offset<Int>?
  /// The pixel value range of the model's input.
  public internal(set) var inputRange: PixelRange?
  /// The reason for the choice of this range.
  var inputRangeReason: InputScaling.Reason?
  /// All ways to see the picture of a digit that were considered; empty if there was only one.
  var candidates: [ConsideredCandidate] = []
  /// The assumptions about facts that the file does not give.
  public internal(set) var assumptions: [Assumption] = []
  /// The conversion of the output to probabilities.
  public internal(set) var output: OutputKind?

  init(
    mode: PreprocessingMode, of picture: Luminance, inversion: Inversion,
    background: Background? = nil, paperLevel: Int? = nil, contrast: Int? = nil,
    inkThreshold: Int? = nil, removedLines: Bool? = nil, pieces: Int? = nil,
    fitted: FittedDigit? = nil, blockSide: Int = 1
  ) {
    self.mode = mode
    sourceWidth = picture.width
    sourceHeight = picture.height
    orientation = picture.orientation == 1 ? nil : picture.orientation
    reducedBy = picture.reduction == 1 ? nil : picture.reduction
    colourWeights = picture.weights == .luminance ? nil : picture.weights
    inverted = inversion.isInverted
    inversionReason = inversion.reason
    self.background = background
    self.paperLevel = paperLevel.map { Double($0) / 65535 }
    (self.removedLines, self.pieces) = (removedLines, pieces)
    self.contrast = contrast.map { Double($0) / 65535 }
    self.inkThreshold = inkThreshold.map { Double($0) / 65535 }
    cropBox = (fitted?.cropBox).map {
      Box(
        x: $0.x * blockSide, y: $0.y * blockSide, width: $0.width * blockSide,
        height: $0.height * blockSide)
    }
    scale = (fitted?.scale).map { $0 / Double(blockSide) }
    centreOfMass = fitted?.centreOfMass
    shift = fitted?.shift
  }
}
