public import Images

/// Pictures in rows and columns, with a caption below each.
///
/// ```swift
/// let sheet = PictureSheet(
///   pictures: images.map { .init($0, caption: "cat\n98 %") }, columns: 3, title: "Cats")
/// let png = try sheet.png()
/// ```
public struct PictureSheet: Sendable {
  /// A picture of a sheet.
  public struct Picture: Sendable {
    /// The pixels.
    public var image: Image

    /// The text below the picture, in lines; long lines are shortened.
    public var caption: String

    /// Creates a picture with a caption.
    ///
    /// - Parameters:
    ///   - image: The pixels.
    ///   - caption: The text below the picture, in lines; long lines are shortened.
    public init(_ image: Image, caption: String = "") {
      self.image = image
      self.caption = caption
    }

    /// Creates a picture that was given a wrong answer.
    ///
    /// - Parameters:
    ///   - image: The pixels.
    ///   - label: The name of the true class.
    ///   - answer: The name of the class in the answer.
    ///   - confidence: The probability of the answer, in `0...1`.
    public init(_ image: Image, label: String, answer: String, confidence: Double) {
      self.init(
        image, caption: "\(label)\nas \(answer), \(Int((confidence * 100).rounded())) %")
    }
  }

  /// The pictures, row by row.
  public var pictures: [Picture]

  /// The number of columns, at least 1; `nil` for a sheet about as wide as high.
  public var columns: Int?

  /// The title above the pictures; `nil` for none.
  public var title: String?

  /// Creates a sheet.
  ///
  /// - Parameters:
  ///   - pictures: The pictures, row by row.
  ///   - columns: The number of columns, at least 1; `nil` for a sheet about as wide as high.
  ///   - title: The title above the pictures; `nil` for none.
  public init(pictures: [Picture], columns: Int? = nil, title: String? = nil) {
    self.pictures = pictures
    self.columns = columns
    self.title = title
  }

  /// Renders the sheet.
  ///
  /// Small pictures are enlarged by a whole number, large ones reduced to 192 CSS pixels.
  ///
  /// - Returns: The bytes of a PNG, with two pixels for each CSS pixel.
  /// - Throws: ``ImageError`` if libpng fails.
  public func png() throws(ImageError) -> [UInt8] { try drawing.png() }

  /// The sheet as a drawing.
  public var drawing: Drawing {
    let frames = pictures.map { Self.size(of: $0.image) }
    let lines = pictures.map { $0.caption.split(separator: "\n").map(String.init) }
    let lineCount = lines.map(\.count).max() ?? 0
    let cell = Frame(
      x: 0, y: 0, width: max(Self.leastWidth, frames.map(\.width).max() ?? 0),
      height: frames.map(\.height).max() ?? 0)
    let captionHeight = lineCount == 0 ? 0 : 4 + Double(lineCount) * Self.lineHeight
    let (across, down) = (cell.width + Self.gap, cell.height + captionHeight + Self.gap)
    let most = max(1, pictures.count)
    let square = (Double(most) * down / across).squareRoot().rounded(.up)
    let columns = min(most, max(1, columns ?? Int(square)))
    let rows = (pictures.count + columns - 1) / columns
    let top = title == nil ? Self.margin : Self.margin + Self.titleHeight
    let width = 2 * Self.margin + Double(columns) * across - Self.gap
    var drawing = Drawing(
      width: width,
      height: top + Self.margin + Double(rows) * down - (rows == 0 ? 0 : Self.gap))
    if let title {
      drawing.write(
        Label(
          Typeface.regular.fitted(title, size: Self.titleSize, width: width - 2 * Self.margin),
          at: Point(Self.margin, Self.margin + Self.titleSize - 2), size: Self.titleSize))
    }
    for (index, picture) in pictures.enumerated() {
      let x = Self.margin + Double(index % columns) * across
      let y = top + Double(index / columns) * down
      var frame = frames[index]
      frame.x = x + ((cell.width - frame.width) / 2).rounded(.down)
      frame.y = y + ((cell.height - frame.height) / 2).rounded(.down)
      drawing.place(picture.image, in: frame)
      for (line, text) in lines[index].enumerated() {
        drawing.write(
          Label(
            Typeface.regular.fitted(
              text, size: Self.textSize, width: cell.width + Self.gap - 4),
            at: Point(
              x + cell.width / 2,
              y + cell.height + Self.lineHeight * Double(line + 1)), size: Self.textSize,
            anchor: .middle, ink: line == 0 ? .text : .muted))
      }
    }
    return drawing
  }

  /// The size at which a picture is shown.
  private static func size(of image: Image) -> Frame {
    let ratio = Double(Drawing.pixelRatio)
    let side = Double(max(image.width, image.height)) / ratio
    let scale =
      side > greatestSide
      ? greatestSide / side : max(1, (usualSide / side).rounded(.down))
    return Frame(
      x: 0, y: 0, width: max(1, Double(image.width) / ratio * scale),
      height: max(1, Double(image.height) / ratio * scale))
  }

  private static let margin = 16.0
  private static let gap = 12.0
  private static let leastWidth = 64.0
  private static let usualSide = 72.0
  private static let greatestSide = 192.0
  private static let textSize = 11.0
  private static let lineHeight = 14.0
  private static let titleSize = 15.0
  private static let titleHeight = 28.0
}
