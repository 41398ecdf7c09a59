/// What became of a picture.
///
/// See ``PictureInputs`` for an example.
public struct PictureOutcome: Sendable {
  /// The picture.
  public let input: PictureInput

  /// The prediction, or why there is none.
  public let result: Result

  /// A prediction, or why there is none.
  public enum Result: Sendable {
    /// The model's answer.
    case prediction(Prediction)
    /// The numbers in the picture.
    case reading(NumberReading)
    /// The picture cannot be read or used, or the model's output is not finite.
    case failure(InferenceError)
    /// A file in a folder is no picture, by its content and by its name.
    case otherFile
  }

  /// Whether the picture is an empty cell of a sheet.
  public var isBlankCell: Bool {
    if case .failure(.preprocessing(_, .blank)) = result { input.isCell } else { false }
  }

  /// The reading; `nil` if there is none.
  public var reading: NumberReading? {
    if case .reading(let reading) = result { reading } else { nil }
  }

  /// The prediction; `nil` if there is none.
  public var prediction: Prediction? {
    if case .prediction(let prediction) = result { prediction } else { nil }
  }
}
