public import ArgumentParser
import Arguments
import Checkpoints
public import Console
import Datasets
import Glibc
import HDF5
import Tensors
public import Training

@main
struct Train: Program {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains the model of TensorFlow's quickstart for experts on MNIST.",
    discussion: """
      EXAMPLES:
        train --save ckpt.h5
        train --save ckpt.h5 --epochs 10 --save-every 5min
        train --save fashion.h5 --data /usr/share/datasets/fashion-mnist --seed 7

      The checkpoint holds the whole run. Stop the run at any time with Ctrl-C and start the same \
      command again: it goes on from where it was and ends with the same bytes as if it had never \
      stopped. SIGUSR1 makes it save and continue. A repeated signal changes nothing, but Ctrl-C a \
      second or more after the first signal ends the run at once, without saving.

      EXIT CODES: 0 done, 64 wrong usage, 65 bad data, 66 no input, 70 the loss became NaN, \
      73 cannot create the checkpoint, 74 I/O error or disk full, 75 somebody else is training \
      into the file, 130, 143, 129, 140 and 152 stopped by SIGINT, SIGTERM, SIGHUP, SIGUSR2 and SIGXCPU after saving.
      """,
    version: """
      train \(cairnVersion) (Cairn; checkpoint format \(checkpointFormatVersion); \
      \(instructionSet) kernels)
      """)

  static let shortOptions = "eb"
  static let shortFlags = "q"

  @Option(help: "The checkpoint: written here, and gone on from if it is there.")
  var save: String

  @Option(
    name: [.customShort("e", allowingJoined: true), .long],
    help: "Number of epochs. (default: those of the run that is resumed, or 5)")
  var epochs: Int?

  @Option(
    name: [.customShort("b", allowingJoined: true), .long], help: "Batch size. (default: 32)")
  var batchSize: Int?

  @Option(help: "Random seed. The same seed gives a byte-identical checkpoint. (default: 0)")
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "The folder with MNIST's four files, plain or .gz. (default: $CAIRN_DATA, samples/mnist, …)",
      valueName: "dir"))
  var data: String?

  @Option(
    help: "Number of threads; results do not depend on it. (default: all processors it may use)")
  var threads: Int?

  @Option(
    name: [.customLong("lr"), .customLong("learning-rate")],
    help: ArgumentHelp("Learning rate. (default: 0.001)", valueName: "lr"))
  var learningRate: Float?

  @Option(help: "Optimizer, with Keras's defaults. (default: adam)")
  var optimizer: OptimizerName?

  @Option(help: "Shuffle buffer size, as in tf.data. (default: 10000)")
  var shuffleBuffer: Int?

  @Option(help: "End after N steps in all, counted from the first of the run.")
  var maxSteps: Int?

  @Option(
    help: ArgumentHelp(
      "How often the run is saved: epochs, steps or a time, such as 1epoch, 500steps or 5min.",
      valueName: "interval"))
  var saveEvery = SaveInterval.epochs(1)

  @Option(help: "How many of the newest checkpoints keep a name of their own (ckpt.step-….h5).")
  var keep = 3

  @Option(
    help: ArgumentHelp(
      "Also keep the checkpoint of the best epoch so far in another file.", valueName: "file"))
  var saveBest: String?

  @Option(
    help: ArgumentHelp(
      "What tells which epoch is the best: test_loss, test_accuracy, loss or accuracy.",
      valueName: "metric"))
  var monitor = Monitor.testLoss

  @Option(
    help: ArgumentHelp(
      "For how long the last save is tried again if it fails, such as 60s or 5min; 0s for once.",
      valueName: "time"))
  var savePatience = Patience(seconds: 60)

  @Option(
    help: ArgumentHelp(
      "Write a line of JSON for each epoch to a file; a resumed run adds the lines that are missing.",
      valueName: "file"))
  var log: String?

  @Option(
    help: ArgumentHelp(
      "auto goes on from the checkpoint if it is there, never starts over, a path goes on from there.",
      valueName: "auto|never|path"))
  var resume = "auto"

  @Option(
    help: ArgumentHelp(
      """
      Change a setting of the run that is resumed: lr, batch-size or shuffle-buffer. Can be repeated. A \
      learning rate takes effect with the next step, the others with the next epoch; the optimizer's \
      state is kept, and the checkpoint records the change.
      """, valueName: "name=value"))
  var change: [SettingChange] = []

  @Flag(
    help: ArgumentHelp(
      "Replace outputs that this run did not write; with --resume never or a path, --save as well.")
  )
  var overwrite = false

  @Flag(
    help: """
      Reset the optimizer's state when resuming; --optimizer may then name another one. Repeating the \
      command does not reset it again.
      """)
  var resetOptimizer = false

  @Option(
    help: ArgumentHelp(
      "At the end, also write the weights alone: a third of the size, cannot be resumed.",
      valueName: "file"))
  var exportWeights: String?

  @Flag(help: "Print one JSON object for each epoch.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print nothing but the epochs and errors.")
  var quiet = false

  @Option(help: "Whether to use colour: auto, always or never.")
  var color = ColorChoice.auto

  func validate() throws {
    let steps = 1...1_000_000_000
    try check("--save", save, mustBe: "the path of a file") { !$0.isEmpty }
    try check("--epochs", epochs, in: 1...1_000_000)
    try check("--batch-size", batchSize, in: 1...1_000_000)
    try check("--shuffle-buffer", shuffleBuffer, in: 1...1_000_000_000)
    try check("--max-steps", maxSteps, in: steps)
    try check("--threads", threads, in: 1...1024)
    try check("--keep", keep, in: 0...10_000)
    try check("--lr", learningRate, mustBe: "a number greater than 0") { $0 > 0 && $0.isFinite }
    for (flag, path) in [
      ("--save-best", saveBest), ("--log", log), ("--export-weights", exportWeights),
    ] {
      try check(flag, path, mustBe: "the path of a file") { !$0.isEmpty }
    }
    try check("--resume", resume, mustBe: "auto, never or the path of a checkpoint") {
      !$0.isEmpty
    }
    guard change.isEmpty && !resetOptimizer || resume != "never" else {
      throw ValidationError(
        "--change and --reset-optimizer change a run that is resumed; they go without --resume never."
      )
    }
  }

  func run() throws {
    prepareStandardStreams()
    // Beyond a limit on the size of files, a write then fails instead of killing the process.
    signal(SIGXFSZ, SIG_IGN)
    DamageGuard.install(program: "train", exitStatus: ExitStatus.badData.rawValue)
    if let threads { Threads.count = threads }

    let signals = StopSignals()
    let reporter = Reporter(self, isStopped: { signals.signal != nil })
    let status = reporter.failing {
      let data = try loadData()
      let trainer = try Trainer(
        options: options(dataPaths: data.paths), data: (data.train, data.test),
        isStopped: { signals.signal },
        isAskedToSave: { signals.takeSaveRequest() },
        report: reporter.report)
      let outcome = try trainer.run()
      if let exportWeights, outcome.isFinished { try trainer.weights.save(to: exportWeights) }
      return reporter.finish(
        outcome, completed: trainer.completedEpochs, of: trainer.epochs,
        logProblem: trainer.logProblem)
    }
    reporter.drain()
    throw ExitCode(status.rawValue)
  }

  private func loadData() throws(DatasetError) -> (
    train: ImageSet, test: ImageSet, paths: [String]
  ) {
    var environment: [String: String] = [:]
    for name in ["CAIRN_DATA", "XDG_CACHE_HOME", "HOME"] {
      environment[name] = getenv(name).map { String(cString: $0) }
    }
    let directory = try MNIST.directory(
      named: data, environment: environment, workingDirectory: currentFolder(),
      executable: executablePath())
    let sets = try MNIST.load(from: directory)
    // The model is the tutorial's, for pictures of the tutorial's size.
    guard sets.train.height == 28, sets.train.width == 28 else {
      throw .damaged(
        path: directory,
        reason: "its pictures are \(sets.train.height) by \(sets.train.width) pixels, not 28 by 28")
    }
    return (sets.train, sets.test, MNIST.paths(in: directory))
  }

  private func options(dataPaths: [String]) -> RunOptions {
    var options = RunOptions(savePath: save)
    options.epochs = epochs
    options.maxSteps = maxSteps
    options.batchSize = batchSize
    options.seed = seed
    options.optimizer = optimizer
    options.learningRate = learningRate
    options.shuffleBuffer = shuffleBuffer
    options.changes = change
    options.saveEvery = saveEvery
    options.keep = keep
    options.bestPath = saveBest
    options.monitor = monitor
    options.patience = savePatience.seconds
    options.logPath = log
    options.weightsPath = exportWeights
    options.dataPaths = dataPaths
    options.time = currentTime().filter { $0 != "-" && $0 != ":" }
    options.overwrite = overwrite
    options.resetOptimizer = resetOptimizer
    options.resume =
      switch resume {
      case "auto": .auto
      case "never": .never
      default: .from(path: resume)
      }
    options.environment = [
      "cairn_version": cairnVersion, "instruction_set": instructionSet,
      "threads": "\(Threads.count)", "started": currentTime(),
      "command": ShellCommand.original.text,
    ]
    return options
  }
}

extension OptimizerName: ExpressibleByArgument {}

extension Monitor: ExpressibleByArgument {}

extension ColorChoice: ExpressibleByArgument {}

extension SaveInterval: ExpressibleByArgument {
  /// Reads an interval from the command line.
  public init?(argument: String) { self.init(argument) }

  /// The interval as it is written on the command line.
  public var defaultValueDescription: String {
    switch self {
    case .epochs(let count): "\(count)epoch"
    case .steps(let count): "\(count)steps"
    case .seconds(let count): "\(count)s"
    }
  }
}
