public import ArgumentParser
import Arguments
public import Inference
import ModelArguments

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

  @OptionGroup
  var input: InputOptions

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
