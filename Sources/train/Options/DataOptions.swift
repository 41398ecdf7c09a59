import ArgumentParser
import Arguments
import Training

/// The options under the heading Data.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Folder with the four MNIST files, plain or .gz. (default: $CAIRN_DATA, samples/mnist, …)",
      valueName: "dir"))
  var data: String?

  @Option(
    name: [.customShort("b", allowingJoined: true), .long],
    help: .count("Batch size. (default: 32)"), transform: wholeNumber)
  var batchSize: Int?

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
      at the end. (default: none)
      """, valueName: "share|n"))
  var valSplit: ValidationSplit?

  func validate() throws {
    try check("--batch-size", batchSize, in: 1...1_000_000)
    try check("--shuffle-buffer", shuffleBuffer, in: 1...1_000_000_000)
  }
}
