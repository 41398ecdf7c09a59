/// An error of preprocessing: the image cannot become a model's input.
///
/// ```swift
/// let blank = Image(width: 40, height: 40, gray: Array(repeating: 255, count: 1600))
/// do {
///   _ = try DigitPreprocessor()(blank)
/// } catch PreprocessingError.blank {
///   print("there is nothing on the picture")
/// }
/// ```
public enum PreprocessingError: Error, Equatable, Sendable {
  /// The image is blank: nothing differs from the background.
  case blank
  /// The image does not have the model's input size, which is required without preprocessing.
  case wrongSize(width: Int, height: Int, wantedWidth: Int, wantedHeight: Int)
  /// There are more pieces of ink that may be digits than are read.
  case tooManyPieces(Int, limit: Int)
}

extension PreprocessingError: CustomStringConvertible {
  /// The problem, as a phrase that follows the file name and a colon.
  public var description: String {
    switch self {
    case .blank:
      "the image is blank: nothing differs from the background"
    case .wrongSize(let width, let height, let wantedWidth, let wantedHeight):
      """
      without preprocessing, the image must have \(wantedWidth) x \(wantedHeight) pixels, but it \
      has \(width) x \(height)
      """
    case .tooManyPieces(let count, let limit):
      "the image has \(count) pieces of ink that may be digits, but at most \(limit) are read"
    }
  }
}
