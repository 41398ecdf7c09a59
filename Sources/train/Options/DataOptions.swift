import ArgumentParser
import Arguments
import Datasets
import Images
import Inference
import Training

/// The options under the heading Data.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      A folder of pictures (PNG, JPEG) with one subfolder for each class, perhaps under train, \
      val and test; a folder with the four files of MNIST or a data set like it; or an .npz or \
      HDF5 file with x_train, y_train, x_test, y_test. (default: MNIST in $CAIRN_DATA, \
      samples/mnist, …)
      """, valueName: "path"), completion: .file())
  var data: String?

  @Option(
    help: ArgumentHelp(
      "Test data of its own, in the same forms. (default: that in --data)", valueName: "path"),
    completion: .file())
  var testData: String?

  @Option(
    help: ArgumentHelp(
      """
      Size to which images are brought, in pixels. (default: their own; for folders of pictures \
      that of the model, 28 or 64)
      """, valueName: "side|wxh"))
  var imageSize: ImageSize?

  @Option(
    help: ArgumentHelp(
      "Colour to which images are brought. (default: gray if all are, else rgb)",
      valueName: "colour"))
  var imageColor: PicturePreparation.Color?

  @Option(
    help: ArgumentHelp(
      "What happens to pictures of another aspect ratio.", valueName: "how"))
  var fit = PicturePreparation.Fit.crop

  @Option(
    help: ArgumentHelp(
      """
      Pixel values of black and white in the model's input: 1/255 (0 to 1), 0..255 or -1..1. \
      (default: 1/255, or what scaling layers of a --model file expect)
      """, valueName: "range"))
  var scale: PixelRange?

  @Option(
    help: ArgumentHelp(
      "Keep decoded pictures in memory, or decode them whenever they are needed.",
      valueName: "where"))
  var cache = LoadingOptions.Cache.memory

  @Flag(help: "Skip files that cannot be used instead of stopping at them.")
  var skipBad = false

  @Option(
    name: [.customShort("b", allowingJoined: true), .long],
    help: .count("Batch size. (default: 32)"), transform: wholeNumber)
  var batchSize: Int?

  @Option(
    help: .count(
      """
      Number of shards of each batch, whose gradients are computed one by one and added; a power \
      of two that the number of processes divides. (default: 1; with mpirun 8, or the number of \
      processes if it is larger)
      """), transform: wholeNumber)
  var shards: Int?

  @Option(
    help: .count("Shuffle buffer size, as in tf.data. (default: 10000)"),
    transform: wholeNumber)
  var shuffleBuffer: Int?

  @Option(
    help: .count(
      "Random seed. Runs with the same seed, options and data are bit-identical. (default: 0)"),
    transform: unsignedNumber)
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      """
      Hold out a share such as 0.1, or a number such as 5000, of the training pictures, and \
      evaluate on them after each epoch instead of the test pictures, which are then used once, \
      at the end. (default: none; a fifth if there are no other pictures to evaluate on)
      """, valueName: "share|n"))
  var valSplit: ValidationSplit?

  func validate() throws {
    try check("--batch-size", batchSize, in: 1...1_000_000)
    try check("--shards", shards, mustBe: "a power of two from 1 to 1024") {
      (1...1024).contains($0) && $0 & ($0 - 1) == 0
    }
    try check("--shuffle-buffer", shuffleBuffer, in: 1...1_000_000_000)
  }
}
