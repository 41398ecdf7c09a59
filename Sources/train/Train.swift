import ArgumentParser
import Arguments
import Checkpoints
import Console
import Datasets
import Images
import Glibc
import ModelFiles
import RankArguments
import Ranks
import Sandbox
import Tensors
import Threads
import Training

@main
struct Train: Program {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a classifier of pictures; by default TensorFlow's quickstart on MNIST.",
    usage: "train [<options>] --save <file>",
    discussion: """
      EXAMPLES:
        train --save ckpt.h5
        train --save ckpt.h5 --epochs 10 --save-every 5min
        train --save pets.h5 --data pets --model cnn --augment shift=2,flip
        train --save own.h5 --data pets --model net.keras --init-weights net.keras

      The checkpoint contains the complete training run. Stop at any time with Ctrl-C and repeat \
      the command to resume: weights, optimizer and training state end bit-identical to those of \
      an uninterrupted run. SIGUSR1 saves a checkpoint and continues, any number of times. After \
      the first stop signal, further stop signals are ignored, except a Ctrl-C at least one \
      second later: it exits at once without saving.

      EXIT CODES: 0 success, 1 --target-accuracy missed, 64 usage error, 65 invalid data, 66 input \
      not found, 70 loss is NaN or infinite, 73 cannot create an output file, 74 I/O error or disk \
      full, 75 another process is training into the checkpoint; 130, 143, 129, 140 or 152 stopped \
      by SIGINT, SIGTERM, SIGHUP, SIGUSR2 or SIGXCPU after saving.

      With 'mpirun -np 4 train …', four processes share the work of each batch, with the same \
      results as one. If one of them is lost, all end with 75, and the run resumes from its last \
      save; 69 means that MPI cannot be loaded.
      """,
    version: version(of: "train", "\(instructionSet) kernels"))

  static let shortOptions = "eb"
  static let shortFlags = "qv"

  static var isSilent: Bool { Launch.current.map { $0.rank > 0 } ?? false }

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

  func validate() throws {
    guard saving.save != nil || watching.savesNothing else {
      throw ValidationError("Missing expected argument '--save <file>'")
    }
  }

  func run() throws {
    if let threads = watching.threads ?? Launch.current?.threadsOfRank { Threads.count = threads }
    // Before MPI starts, because it creates a process.
    Sandbox.prepare()

    let signals = StopSignals()
    let launch = Launch.current
    let reporter = Reporter(
      self, isStopped: { signals.signal != nil }, isSilent: Train.isSilent)
    let color = watching.color
    var communicator = Communicator()
    var status = reporter.failing(among: { communicator }) {
      communicator = try Communicator.start(launch) {
        $0.endProcess(
          of: Train.name,
          hint: {
            "it continues from its last save with: " + ShellCommand.original.resuming().text
          }, color: color)
      }
      try noteJob(communicator, reporter)
      let status = try train(communicator, signals, reporter)
      // The others learn here whether the first process has saved.
      try communicator.barrier()
      return status
    }
    reporter.drain()
    if watching.verbose, communicator.isFirst { noteConfinement() }
    status = communicator.leave(with: status)
    throw ExitCode(status.rawValue)
  }

  /// Trains, or does what replaces it.
  ///
  /// - Returns: The exit status.
  private func train(
    _ communicator: Communicator, _ signals: StopSignals, _ reporter: Reporter
  ) throws -> ExitStatus {
    var options = try options()
    if let launch = Launch.current { options.newRunShards = max(8, launch.size) }
    try recipe.useRecipe(for: &options)
    let source = try open(&options, communicator)
    guard let data = try load(source, reporter, isStopped: { signals.signal != nil }) else {
      throw StoppedEarly(
        status: signals.signal.flatMap(ExitStatus.stopped(by:)) ?? .interrupted)
    }
    let names = data.classNames ?? (0..<data.classCount).map { "\($0)" }
    if let weights = try recipe.classWeights?.weights(classNames: names) {
      options.recipe.classWeights = weights
    }
    let trainer = try Trainer(
      options: options, data: data, communicator: communicator,
      isStopped: { signals.signal },
      isAskedToSave: { signals.takeSaveRequest() },
      report: reporter.report)
    try trainer.compareRanks()
    if let path = watching.preview {
      if communicator.isFirst { try trainer.writePreview(to: path) }
      return reporter.finish(preview: path)
    }
    if watching.dryRun { return reporter.finish(rehearsal: try trainer.rehearse()) }
    let outcome = try trainer.run()
    if let exportWeights = saving.exportWeights, outcome.isFinished, communicator.isFirst {
      try trainer.exportWeights(to: exportWeights)
    }
    return reporter.finish(
      outcome, completed: trainer.completedEpochs, of: trainer.epochs,
      accuracy: trainer.accuracy, stagnation: trainer.stagnation, summary: trainer.summary,
      incompleteFile: trainer.incompleteFile)
  }

  /// Opens the source of the data, and completes the options that depend on it.
  private func open(
    _ options: inout RunOptions, _ communicator: Communicator
  ) throws -> DataSource {
    var environment: [String: String] = [:]
    for name in ["CAIRN_DATA", "XDG_CACHE_HOME", "HOME"] {
      environment[name] = unsafe getenv(name).map { unsafe String(cString: $0) }
    }
    let path: String
    let isMNIST =
      data.data.map { MNIST.paths(in: $0).contains { unsafe access($0, F_OK) == 0 } } ?? true
    if let named = data.data, !isMNIST || data.testData != nil {
      path = named
    } else {
      // Says which of the four files are missing.
      path = try MNIST.directory(
        named: data.data, environment: environment, workingDirectory: currentFolder(),
        executable: executablePath())
    }
    var loading = LoadingOptions()
    loading.size = data.imageSize?.size
    // The data of MNIST has its size.
    let extents = isMNIST ? [] : try extents(for: options, communicator)
    if let height = extents.first ?? nil, let width = extents[1] {
      loading.pictureSize = .init(width: width, height: height)
    }
    loading.color =
      data.imageColor ?? extents.last.flatMap { $0 }.flatMap { [1: .gray, 3: .rgb][$0] }
    loading.fit = data.fit
    loading.skipsBadFiles = data.skipBad
    loading.cache = data.cache
    let source = try DataSource(opening: path, testPath: data.testData, options: loading)
    if source.outline.form == .pictures {
      options.pictures = PictureConfig(classNames: [], fit: data.fit.rawValue)
    }
    for path in [path, data.testData].compactMap(\.self) {
      options.dataPaths += MNIST.paths(in: path)
      if [.npz, .hdf5].contains(source.outline.form) { options.dataPaths.append(path) }
    }
    return source
  }

  /// Loads the data, and says what it is unless it is that of MNIST; `nil` if a signal stops it.
  private func load(
    _ source: DataSource, _ reporter: Reporter, isStopped: @escaping @Sendable () -> Bool
  ) throws(DatasetError) -> LabeledImages? {
    let outline = source.outline
    if outline.form != .idx { reporter.announce(outline, at: source.path) }
    // IDX files are read in an instant; the run then saves what there is and stops.
    var images: LabeledImages
    do throws(DatasetError) {
      images = try source.load { _, _ in outline.form == .idx || !isStopped() }
    } catch {
      guard error == .stopped else { throw error }
      return nil
    }
    if !images.badFiles.isEmpty { reporter.announce(images.badFiles, in: images) }
    if watching.overfitBatch {
      let batch = images.train.prefix(data.batchSize ?? 32)
      images = LabeledImages(
        train: batch, test: batch,
        classNames: images.classNames ?? (0..<images.classCount).map { "\($0)" })
    }
    return images
  }

  private func options() throws(CheckpointError) -> RunOptions {
    var options = RunOptions(savePath: saving.path)
    try model.set(&options)
    options.pixelRange = data.scale
    options.batchSize = data.batchSize
    options.shards = data.shards
    options.seed = data.seed
    options.shuffleBuffer = data.shuffleBuffer
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
    options.tensorBoardPath = watching.tensorboard
    options.plotsPath = watching.plots
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
