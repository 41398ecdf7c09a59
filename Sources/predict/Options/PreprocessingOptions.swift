public import ArgumentParser
import Arguments
public import Images
public import Inference

/// The options under the heading Preprocessing.
struct PreprocessingOptions: ParsableArguments {
  @Option(
    help: .mode(
      """
      Image preprocessing. mnist: locate, scale and centre the digit. resize: resize the whole \
      image. none: use the pixels unchanged. auto: for digit models none if the image already \
      looks like MNIST, else mnist; for other models none if the size fits, else resize.
      """))
  var preprocess = PreprocessingMode.auto

  @Option(
    help: .mode(
      """
      Invert the image (dark becomes light). auto: invert digits that are darker than their \
      background.
      """))
  var invert = InversionMode.auto

  @Option(
    help: ArgumentHelp(
      """
      Size of the input in pixels, for a model that takes images of any size. (default: that in \
      the model file)
      """, valueName: "side|wxh"))
  var imageSize: ImageSize?

  @Option(
    help: ArgumentHelp(
      """
      Colour to which images are converted; gray is repeated in each channel. (default: that of \
      the model's input)
      """, valueName: "colour"))
  var imageColor: PicturePreparation.Color?

  @Option(
    help: ArgumentHelp(
      """
      What happens to images of another aspect ratio. (default: as in the training, or stretch)
      """, valueName: "how"))
  var fit: PicturePreparation.Fit?

  @Flag(help: "Draw the preprocessed image as the model receives it.")
  var show = false

  @Option(
    help: ArgumentHelp(
      """
      Write each image as the model receives it to a PNG below this folder, with the folders of \
      its path if that is relative. Existing files are never replaced.
      """, valueName: "folder"), completion: .directory)
  var savePreprocessed: String?
}

extension PreprocessingMode: ExpressibleByArgument {}

extension InversionMode: ExpressibleByArgument {}

extension PicturePreparation.Color: ExpressibleByArgument {}

extension PicturePreparation.Fit: ExpressibleByArgument {}
