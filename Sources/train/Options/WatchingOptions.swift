import ArgumentParser
import Arguments
import Console
import Training

/// The options under the heading Watching.
struct WatchingOptions: ParsableArguments {
  @Option(
    help: .file(
      """
      Log file with one line per epoch: a JSON object, or comma-separated values if its name ends \
      with .csv. A resumed run adds the missing lines.
      """), completion: .file(extensions: ["jsonl", "csv"]))
  var log: String?

  @Option(
    help: ArgumentHelp(
      """
      Folder for TensorBoard: loss, accuracy, learning rate and histograms of the weights after \
      each epoch, training pictures and the worst errors. A resumed run continues it without gaps.
      """, valueName: "folder"), completion: .directory)
  var tensorboard: String?

  @Option(
    help: ArgumentHelp(
      """
      Folder for plots as PNG and SVG: loss, accuracy, learning rate, confusion matrix and the \
      worst errors.
      """, valueName: "folder"), completion: .directory)
  var plots: String?

  @Flag(help: "Print one JSON object per epoch.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print only epoch results and errors.")
  var quiet = false

  @Flag(name: [.customShort("v"), .long], help: .verbose)
  var verbose = false

  @Option(help: .color)
  var color = ColorChoice.auto

  @Option(
    help: .file(
      """
      Write a sheet of the first training pictures with their labels to a PNG file, changed as \
      --augment says, and do not train.
      """), completion: .file(extensions: ["png"]))
  var preview: String?

  @Flag(
    help: """
      Train and evaluate one batch to see that everything fits; nothing is read but the data, \
      and nothing is written.
      """)
  var dryRun = false

  @Flag(
    help: """
      Train on the first batch only, which a model that can learn knows by heart in the end.
      """)
  var overfitBatch = false

  @Option(
    help: .count(
      "Number of threads. It does not affect the results. (default: all available processors)"),
    transform: wholeNumber)
  var threads: Int?

  /// Whether an option takes the place of training, so that no checkpoint is saved.
  var savesNothing: Bool { preview != nil || dryRun }

  func validate() throws {
    try check("--log", log, mustBe: "the path of a file") { !$0.isEmpty }
    try check("--tensorboard", tensorboard, mustBe: "the path of a folder") { !$0.isEmpty }
    try check("--plots", plots, mustBe: "the path of a folder") { !$0.isEmpty }
    try check("--preview", preview, mustBe: "the path of a file") { !$0.isEmpty }
    try check("--threads", threads, in: 1...1024)
  }
}
