/// A picture that cannot be turned into a network's input.
public enum PreprocessingError: Error, Equatable, Sendable {
  /// Nothing stands out from the paper.
  case blank
  /// The picture's own pixels were asked for, and their number is not that of the model.
  case wrongSize(width: Int, height: Int, wantedWidth: Int, wantedHeight: Int)
}

extension PreprocessingError: CustomStringConvertible {
  /// What is wrong with the picture, as the part of a sentence after its name and a colon.
  public var description: String {
    switch self {
    case .blank:
      "the picture is blank: nothing stands out from the paper"
    case .wrongSize(let width, let height, let wantedWidth, let wantedHeight):
      """
      without preprocessing the picture must have \(wantedWidth) x \(wantedHeight) pixels, but it \
      has \(width) x \(height)
      """
    }
  }
}
