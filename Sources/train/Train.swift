import ArgumentParser
import Arguments
import Checkpoints
import Console
import Datasets
import Glibc
import ModelFiles
import Tensors
import Threads
import Training

@main
struct Train: Program {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a classifier of pictures; by default TensorFlow's quickstart on MNIST.",
    discussion: """
      EXAMPLES:
        train --save ckpt.h5
        train --save ckpt.h5 --epochs 10 --save-every 5min
        train --save fashion.h5 --data fashion-mnist --model cnn --lr-schedule onecycle

      The checkpoint contains the complete training run. Stop at any time with Ctrl-C and repeat \
      the command to resume: weights, optimizer and training state end bit-identical to those of \
      an uninterrupted run. SIGUSR1 saves a checkpoint and continues, any number of times. After \
      the first stop signal, further stop signals are ignored, except a Ctrl-C at least one \
      second later: it exits at once without saving.

      EXIT CODES: 0 success, 1 --target-accuracy missed, 64 usage error, 65 invalid data, 66 input \
      not found, 70 loss is NaN or infinite, 73 cannot create an output file, 74 I/O error or disk \
      full, 75 another process is training into the checkpoint; 130, 143, 129, 140 or 152 stopped \
      by SIGINT, SIGTERM, SIGHUP, SIGUSR2 or SIGXCPU after saving.
      """,
    version: version(of: "train", "\(instructionSet) kernels"))

  static let shortOptions = "eb"
  static let shortFlags = "q"

  @OptionGroup(title: "Saving")
  var saving: SavingOptions

  @OptionGroup(title: "Data")
  var data: DataOptions

  @OptionGroup(title: "Model")
  var model: ModelOptions

  @OptionGroup(title: "Recipe")
  var recipe: RecipeOptions

  @OptionGroup(title: "Watching")
  var watching: WatchingOptions

  func run() throws {
    Self.prepare()
    // A write beyond the file size limit then fails with EFBIG instead of killing the process.
    signal(SIGXFSZ, SIG_IGN)
    if let threads = watching.threads { Threads.count = threads }

    let signals = StopSignals()
    let reporter = Reporter(self, isStopped: { signals.signal != nil })
    let status = reporter.failing {
      let data = try loadData()
      var (train, test) = (data.train, data.test)
      if watching.overfitBatch {
        train = train.prefix(self.data.batchSize ?? 32)
        test = train
      }
      var options = options(dataPaths: data.paths)
      try recipe.useRecipe(for: &options)
      let trainer = try Trainer(
        options: options, data: (train, test),
        isStopped: { signals.signal },
        isAskedToSave: { signals.takeSaveRequest() },
        report: reporter.report)
      if watching.dryRun { return reporter.finish(rehearsal: try trainer.rehearse()) }
      let outcome = try trainer.run()
      if let exportWeights = saving.exportWeights, outcome.isFinished {
        try trainer.weights.save(to: exportWeights)
      }
      return reporter.finish(
        outcome, completed: trainer.completedEpochs, of: trainer.epochs,
        accuracy: trainer.accuracy, logProblem: trainer.logProblem)
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
      named: data.data, environment: environment, workingDirectory: currentFolder(),
      executable: executablePath())
    let sets = try MNIST.load(from: directory)
    return (sets.train, sets.test, MNIST.paths(in: directory))
  }

  private func options(dataPaths: [String]) -> RunOptions {
    var options = RunOptions(savePath: saving.save)
    options.model = model.model
    options.batchSize = data.batchSize
    options.seed = data.seed
    options.shuffleBuffer = data.shuffleBuffer
    options.dataPaths = dataPaths
    recipe.set(&options)
    options.recipe.validation = data.valSplit
    options.changes = saving.change
    options.saveEvery = saving.saveEvery
    options.keep = saving.keep
    options.bestPath = saving.saveBest
    options.monitor = saving.monitor
    options.patience = saving.savePatience.seconds
    options.weightsPath = saving.exportWeights
    options.overwrite = saving.overwrite
    options.resetOptimizer = saving.resetOptimizer
    options.logPath = watching.log
    options.time = currentTime().filter { $0 != "-" && $0 != ":" }
    options.resume =
      switch saving.resume {
      case "auto": .auto
      case "never": .never
      default: .from(path: saving.resume)
      }
    options.environment = [
      "cairn_version": cairnVersion, "instruction_set": instructionSet,
      "threads": "\(Threads.count)", "started": currentTime(),
      "command": ShellCommand.original.text,
    ]
    return options
  }
}
