import Images

/// How a picture becomes a model's input: the part of a classifier that any thread may use.
struct InputPreparation: Sendable {
  /// The input layout of the model.
  let layout: InputLayout

  /// Whether the model's classes are the digits 0 to 9.
  let recognisesDigits: Bool

  /// How pictures are fitted to the input, if the user or the file says so.
  let fit: PicturePreparation.Fit?

  /// What the user says about the model.
  let options: ClassifierOptions

  /// The number of pixels above which pictures are downscaled while they are read.
  ///
  /// It is 2,097,152 for digits, which are small after all; for other models the limit of training,
  /// so that their inputs are the same as there.
  var largestPixelCount: Int {
    recognisesDigits ? 1 << 21 : Image.maximumDecodedPixelCount
  }

  /// Preprocesses a picture for the model.
  ///
  /// - Parameters:
  ///   - image: The picture.
  ///   - mode: The preprocessing mode.
  ///   - inversion: The inversion mode.
  /// - Returns: The picture in the size and with the channels of the input.
  /// - Throws: ``PreprocessingError``.
  func callAsFunction(
    _ image: Image, mode: PreprocessingMode, inversion: InversionMode
  ) throws(PreprocessingError) -> ModelPicture {
    // Who asks for a fit or a colour wants the whole picture, also for digits.
    let isWhole = (options.fit != nil || options.color != nil) && mode != .none
    guard mode == .mnist || recognisesDigits && !isWhole else {
      if let fit, mode == .auto || isWhole {
        return ModelPicture(
          image, for: layout, fit: fit, color: options.color, inversion: inversion)
      }
      return try ModelPicture(image, for: layout, mode: mode, inversion: inversion)
    }
    let candidates = try DigitPreprocessor(mode: mode, inversion: inversion).candidates(image)
    var picture = ModelPicture(candidates[0], for: layout)
    picture.alternatives = candidates.dropFirst().map { ModelPicture($0, for: layout) }
    return picture
  }
}
