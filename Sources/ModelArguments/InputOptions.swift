public import ArgumentParser
public import Arguments
public import Images
public import Inference

/// The options that say how pictures become the model's input, where its file does not.
public struct InputOptions: ParsableArguments {
  /// The value of `--image-size`.
  @Option(
    help: ArgumentHelp(
      """
      Size of the input in pixels, for a model that takes images of any size. (default: that in \
      the model file)
      """, valueName: "side|wxh"))
  public var imageSize: ImageSize?

  /// The value of `--image-color`.
  @Option(
    help: ArgumentHelp(
      """
      Colour to which images are converted; gray is repeated in each channel. (default: that of \
      the model's input)
      """, valueName: "colour"))
  public var imageColor: PicturePreparation.Color?

  /// The value of `--fit`.
  @Option(
    help: ArgumentHelp(
      """
      What happens to images of another aspect ratio. (default: as in the training, or stretch)
      """, valueName: "how"))
  public var fit: PicturePreparation.Fit?

  /// Creates options of which none is set.
  public init() {}

  /// What the options say about the model.
  ///
  /// - Parameter acceptsAll: Whether every picture gets an answer.
  /// - Returns: The facts for the classifier.
  public func classifierOptions(acceptsAll: Bool) -> ClassifierOptions {
    var options = ClassifierOptions()
    options.size = imageSize.map { .init(width: $0.width, height: $0.height) }
    (options.color, options.fit, options.acceptsAll) = (imageColor, fit, acceptsAll)
    return options
  }
}

extension PicturePreparation.Color: ExpressibleByArgument {}

extension PicturePreparation.Fit: ExpressibleByArgument {}
