public import ArgumentParser
import Arguments

/// The options under the heading Model of the programs that classify pictures.
public struct ModelOptions: ParsableArguments {
  /// The value of `--model`.
  @Option(
    name: [.customShort("m"), .long],
    help: .file(
      """
      Model file: a Cairn checkpoint or any Keras model file. (default: digits.h5, which comes \
      with the programs and recognises digits)
      """),
    completion: .file(extensions: ["h5", "keras", "safetensors"]))
  public var model: String?

  /// The value of `--scale`.
  @Option(
    help: ArgumentHelp(
      """
      Pixel values of black and white in the model's input. auto: inferred from Rescaling or \
      Normalization layers at the start of the model, else 0..1. 1/255 is another name of 0..1.
      """, valueName: "range"))
  public var scale = ScaleOption.auto

  /// The value of `--classes`.
  @Option(
    help: .file(
      """
      Text file with the names of the classes, one on each line, in the order of the outputs. \
      (default: those in the model file, or numbers)
      """), completion: .file(extensions: ["txt"]))
  public var classes: String?

  /// Creates options of which none is set.
  public init() {}

  /// The path of the model file.
  public var path: String { model ?? ShippedModel.path() }
}
