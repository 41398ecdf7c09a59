import ArgumentParser
import Arguments
import Images
import Inference

/// The options under the heading Model.
struct ModelOptions: ParsableArguments {
  /// The model file to use without `--model`.
  static let defaultModel = "ckpt.h5"

  @Option(
    name: [.customShort("m"), .long],
    help: .file("Model file: a Cairn checkpoint or any Keras model file. (default: ckpt.h5)"),
    completion: .file(extensions: ["h5", "keras"]))
  var model: String?

  @Option(
    help: ArgumentHelp(
      """
      Pixel values of black and white in the model's input. auto: inferred from Rescaling or \
      Normalization layers at the start of the model, else 0..1. 1/255 is another name of 0..1.
      """, valueName: "range"))
  var scale = ScaleOption.auto

  @Option(
    help: .file(
      """
      Text file with the names of the classes, one on each line, in the order of the outputs. \
      (default: those in the model file, or numbers)
      """), completion: .file(extensions: ["txt"]))
  var classes: String?

  /// The path of the model file.
  var path: String { model ?? Self.defaultModel }
}

/// The values of `--scale`.
enum ScaleOption: String, CaseIterable, ExpressibleByArgument {
  case auto
  case zeroToOne = "0..1"
  case bytes = "0..255"
  case minusOneToOne = "-1..1"
  case factor = "1/255"

  /// The pixel range; `nil` for `auto`.
  var range: PixelRange? { self == .factor ? .zeroToOne : PixelRange(rawValue: rawValue) }
}
