/// The numbers that were read in a picture.
///
/// ```swift
/// let page = try Image.decode(contentsOf: picture)
/// let reading = try classifier.readNumbers(in: page, named: "page.png")
/// print(reading.number, reading.confidence)  // 7, and the probability that it is right
/// ```
public struct NumberReading: Equatable, Sendable {
  /// A digit of a number.
  public struct Digit: Equatable, Sendable {
    /// The model's answer for the digit; its `file` is `page.png[2,0]` for the first digit of the
    /// third line.
    public let prediction: Prediction

    /// The box of the digit's ink, in pixels of the picture after rotation and reduction.
    public let box: Preprocessing.Box

    /// The digit as text; `?` if the model rejects it.
    public var text: String { prediction.rejection == nil ? "\(prediction.label)" : "?" }
  }

  /// A picture's ink at a size for terminals.
  public struct Overview: Equatable, Sendable {
    /// The width, at most 78 pixels.
    public let width: Int

    /// The height, in pixels.
    public let height: Int

    /// The pixels of the picture that one pixel stands for, in each direction.
    public let blockSide: Int

    /// The strongest ink of each pixel, from 0 to 255, of shape `[height, width]`.
    public let ink: [UInt8]
  }

  /// The name of the picture.
  public let file: String

  /// The width of the picture after rotation and reduction, in pixels.
  public let width: Int

  /// The height of the picture after rotation and reduction, in pixels.
  public let height: Int

  /// The digits of each line, in reading order.
  ///
  /// Each line has at least one digit.
  public let lines: [[Digit]]

  /// The boxes of the ink that is no part of a digit and more than a speck, such as points, minus
  /// signs and frames.
  public let leftOut: [Preprocessing.Box]

  /// The ink of the picture.
  public let overview: Overview

  /// The numbers, one for each line.
  public var numbers: [String] { lines.map { $0.map(\.text).joined() } }

  /// The numbers, with a line break between two.
  public var number: String { numbers.joined(separator: "\n") }

  /// The probability that all digits are right, if errors are independent; 0 without digits.
  public var confidence: Float { lines.isEmpty ? 0 : Self.confidence(of: Array(lines.joined())) }

  /// The probability that all of some digits are right: the product of their confidences.
  ///
  /// - Parameter digits: The digits.
  /// - Returns: The probability.
  public static func confidence(of digits: [Digit]) -> Float {
    digits.reduce(1) { $0 * $1.prediction.confidence }
  }

  /// Whether there is no digit, or one that the model rejects.
  public var isRejected: Bool {
    lines.isEmpty || lines.joined().contains { $0.prediction.rejection != nil }
  }
}
