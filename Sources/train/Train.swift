public import ArgumentParser
import Arguments
import Checkpoints
import Console
import Datasets
import Glibc
import ModelFiles
import Tensors
import Threads
public import Training

@main
struct Train: Program {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains the CNN of TensorFlow's \"quickstart for experts\" on MNIST.",
    discussion: """
      EXAMPLES:
        train --save ckpt.h5
        train --save ckpt.h5 --epochs 10 --save-every 5min
        train --save fashion.h5 --data /usr/share/datasets/fashion-mnist --seed 7

      The checkpoint contains the complete training run. Stop at any time with Ctrl-C and repeat \
      the command to resume: weights, optimizer and training state end bit-identical to those of \
      an uninterrupted run. SIGUSR1 saves a checkpoint and continues, any number of times. After \
      the first stop signal, further stop signals are ignored, except a Ctrl-C at least one \
      second later: it exits at once without saving.

      EXIT CODES: 0 success, 64 usage error, 65 invalid data, 66 input not found, 70 loss is NaN \
      or infinite, 73 cannot create an output file, 74 I/O error or disk full, 75 another process \
      is training into the checkpoint; 130, 143, 129, 140 or 152 stopped by SIGINT, SIGTERM, \
      SIGHUP, SIGUSR2 or SIGXCPU after saving.
      """,
    version: version(of: "train", "\(instructionSet) kernels"))

  static let shortOptions = "eb"
  static let shortFlags = "q"

  @Option(
    help: .file("Checkpoint file. Training resumes from it if it exists."))
  var save: String

  @Option(
    help: ArgumentHelp(
      "Model. (default: that of the resumed run, or quickstart)", valueName: "name"))
  var model: ModelName?

  @Option(
    name: [.customShort("e", allowingJoined: true), .long],
    help: .count("Number of epochs in total. (default: that of the resumed run, or 5)"),
    transform: wholeNumber)
  var epochs: Int?

  @Option(
    name: [.customShort("b", allowingJoined: true), .long],
    help: .count("Batch size. (default: 32)"), transform: wholeNumber)
  var batchSize: Int?

  @Option(
    help: .count(
      "Random seed. Runs with the same seed, options and data are bit-identical. (default: 0)"),
    transform: unsignedNumber)
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "Folder with the four MNIST files, plain or .gz. (default: $CAIRN_DATA, samples/mnist, …)",
      valueName: "dir"))
  var data: String?

  @Option(
    help: .count(
      "Number of threads. It does not affect the results. (default: all available processors)"),
    transform: wholeNumber)
  var threads: Int?

  @Option(
    name: [.customLong("lr"), .customLong("learning-rate")],
    help: ArgumentHelp("Learning rate. (default: 0.001)", valueName: "rate"), transform: number)
  var learningRate: Float?

  @Option(
    help: ArgumentHelp("Optimizer, with Keras's defaults. (default: adam)", valueName: "name"))
  var optimizer: OptimizerName?

  @Option(
    help: .count("Shuffle buffer size, as in tf.data. (default: 10000)"),
    transform: wholeNumber)
  var shuffleBuffer: Int?

  @Option(
    help: .count("Stop after N training steps in total, including those of the resumed run."),
    transform: wholeNumber)
  var maxSteps: Int?

  @Option(
    help: ArgumentHelp(
      "How often to save a checkpoint, such as 1epoch, 500steps or 5min.",
      valueName: "interval"))
  var saveEvery = SaveInterval.epochs(1)

  @Option(
    help: .count("Number of recent checkpoints to keep as ckpt.step-….h5. (default: 3)"),
    transform: wholeNumber)
  var keep = 3

  @Option(
    help: .file("Also save the best epoch's checkpoint to this file (see --monitor)."))
  var saveBest: String?

  @Option(
    help: ArgumentHelp(
      "Metric that determines the best epoch.", valueName: "metric"))
  var monitor = Monitor.testLoss

  @Option(
    help: ArgumentHelp(
      "How long to retry the final save if it fails, such as 60s or 5min; 0s does not retry.",
      valueName: "time"))
  var savePatience = Patience(seconds: 60)

  @Option(
    help: .file(
      "Log file: one JSON object per epoch and line. A resumed run adds the missing lines."))
  var log: String?

  @Option(
    help: ArgumentHelp(
      """
      auto: resume if the checkpoint exists. never: start from scratch. FILE: resume from that \
      file.
      """,
      valueName: "auto|never|file"))
  var resume = "auto"

  @Option(
    help: ArgumentHelp(
      """
      Change lr, batch-size or shuffle-buffer of the resumed run; repeatable. A learning rate \
      takes effect at the next step, the others at the next epoch. The optimizer state is kept, \
      and the checkpoint records the change.
      """, valueName: "name=value"))
  var change: [SettingChange] = []

  @Flag(
    help: ArgumentHelp(
      """
      Overwrite existing output files of other runs; with --resume never or FILE, also the --save \
      file.
      """))
  var overwrite = false

  @Flag(
    help: """
      Reset the optimizer state when resuming; --optimizer may then select another optimizer. \
      Repeating the command does not reset it again.
      """)
  var resetOptimizer = false

  @Option(
    help: .file(
      "Also save the final weights without optimizer and training state; cannot be resumed."))
  var exportWeights: String?

  @Flag(help: "Print one JSON object per epoch.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print only epoch results and errors.")
  var quiet = false

  @Option(help: .color)
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
        "--change and --reset-optimizer apply to a resumed run and cannot be combined with "
          + "--resume never."
      )
    }
  }

  func run() throws {
    Self.prepare()
    // A write beyond the file size limit then fails with EFBIG instead of killing the process.
    signal(SIGXFSZ, SIG_IGN)
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
      environment[name] = unsafe getenv(name).map { unsafe String(cString: $0) }
    }
    let directory = try MNIST.directory(
      named: data, environment: environment, workingDirectory: currentFolder(),
      executable: executablePath())
    let sets = try MNIST.load(from: directory)
    return (sets.train, sets.test, MNIST.paths(in: directory))
  }

  private func options(dataPaths: [String]) -> RunOptions {
    var options = RunOptions(savePath: save)
    options.epochs = epochs
    options.maxSteps = maxSteps
    options.model = model
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

extension ModelName: ExpressibleByArgument {}

extension OptimizerName: ExpressibleByArgument {}

extension Monitor: ExpressibleByArgument {}

extension SaveInterval: ExpressibleByArgument {
  /// Reads an interval from the command line.
  public init?(argument: String) { self.init(argument) }

  /// The default value as shown in the help text.
  public var defaultValueDescription: String {
    switch self {
    case .epochs(let count): "\(count)epoch"
    case .steps(let count): "\(count)steps"
    case .seconds(let count): "\(count)s"
    }
  }
}
