/// Every decision that was taken on the way from a picture to a network's input.
public struct Preprocessing: Equatable, Sendable, Encodable {
  /// Why the ink was taken to be dark or light.
  public enum InversionReason: String, Sendable, Encodable {
    /// It was asked for.
    case requested
    /// What stands out from the paper is darker than it.
    case inkIsDarker = "ink_is_darker"
    /// What stands out from the paper is lighter than it.
    case inkIsLighter = "ink_is_lighter"
    /// The picture was taken as it is.
    case asIs = "as_is"
  }

  /// A rectangle of the picture, in pixels.
  public struct Box: Equatable, Sendable, Encodable {
    /// The leftmost column.
    public let x: Int
    /// The topmost row.
    public let y: Int
    /// The columns.
    public let width: Int
    /// The rows.
    public let height: Int

    package init(x: Int, y: Int, width: Int, height: Int) {
      self.x = x
      self.y = y
      self.width = width
      self.height = height
    }
  }

  /// A position or a distance, in pixels.
  public struct Offset<Number: Equatable & Sendable & Encodable>: Equatable, Sendable, Encodable {
    /// To the right.
    public let x: Number
    /// Downwards.
    public let y: Number
  }

  /// What was done: never ``PreprocessingMode/auto``.
  public let mode: PreprocessingMode
  /// The picture's pixels in a row, once it is turned upright and reduced.
  public let sourceWidth: Int
  /// The picture's rows.
  public let sourceHeight: Int
  /// The Exif orientation by which the picture was turned, if it was.
  public let orientation: Int?
  /// How many pixels of a large file, in each direction, became one of the picture, if it was reduced.
  public let reducedBy: Int?
  /// How much red, green and blue count in the levels, in thousandths; `nil` for luminance.
  let colourWeights: ColourWeights?
  /// Whether dark became light.
  public let inverted: Bool
  /// Why, or why not.
  public let inversionReason: InversionReason
  /// The gray of the paper, `0...1`; nil if the paper did not matter.
  public let paperLevel: Double?
  /// What the strongest ink differs from the paper, `0...1`; nil if the paper did not matter.
  public let contrast: Double?
  /// The difference from the paper above which a pixel is ink, `0...1`; only in mode `mnist`.
  public let inkThreshold: Double?
  /// The rectangle that holds all ink; only in mode `mnist`.
  public let cropBox: Box?
  /// Pixels of the result for each of the picture; only in mode `mnist`.
  public let scale: Double?
  /// Where the centre of mass was in the 20 x 20 box; only in mode `mnist`.
  public let centreOfMass: Offset<Double>?
  /// Where in the 28 x 28 field the 20 x 20 box was put; only in mode `mnist`.
  public let shift: Offset<Int>?
  /// The numbers that the model was given for black and white.
  public internal(set) var inputRange: PixelRange?
  /// Why it was given these numbers.
  var inputRangeReason: InputScaling.Reason?
  /// How its output became probabilities.
  public internal(set) var output: OutputKind?

  private enum CodingKeys: String, CodingKey {
    case mode
    case sourceWidth = "source_width"
    case sourceHeight = "source_height"
    case orientation
    case reducedBy = "reduced_by"
    case colourWeights = "colour_weights"
    case inverted
    case inversionReason = "inversion_reason"
    case paperLevel = "paper_level"
    case contrast
    case inkThreshold = "ink_threshold"
    case cropBox = "crop_box"
    case scale
    case centreOfMass = "centre_of_mass"
    case shift
    case inputRange = "input_range"
    case inputRangeReason = "input_range_reason"
    case output
  }

  init(
    mode: PreprocessingMode, of picture: Luminance, inversion: Inversion,
    paper: Paper? = nil, contrast: Int? = nil, inkThreshold: Int? = nil,
    fitted: FittedDigit? = nil
  ) {
    self.mode = mode
    sourceWidth = picture.width
    sourceHeight = picture.height
    orientation = picture.orientation == 1 ? nil : picture.orientation
    reducedBy = picture.reduction == 1 ? nil : picture.reduction
    colourWeights = picture.weights == .luminance ? nil : picture.weights
    inverted = inversion.isInverted
    inversionReason = inversion.reason
    paperLevel = paper.map { Double($0.level) / 65535 }
    self.contrast = contrast.map { Double($0) / 65535 }
    self.inkThreshold = inkThreshold.map { Double($0) / 65535 }
    cropBox = fitted?.cropBox
    scale = fitted?.scale
    centreOfMass = fitted?.centreOfMass
    shift = fitted?.shift
  }
}
