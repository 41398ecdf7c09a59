import Checkpoints
import HDF5
import JSON
import ModelFiles
import NeuralNetwork

extension Report {
  /// Reads the metadata of a file; parts that cannot be read are listed as problems.
  init(of checkpoint: borrowing CheckpointFile) {
    var problems: [String] = []
    func attempt<Value>(
      _ body: () throws(CheckpointError) -> Value?
    ) -> Value? {
      do throws(CheckpointError) { return try body() } catch {
        problems.append("\(error)")
        return nil
      }
    }
    func string(_ name: String) -> String? {
      let value = attempt { () throws(CheckpointError) in try checkpoint.attribute(name) }
      guard case .string(let text)? = value else { return nil }
      return text
    }

    path = checkpoint.path
    size = checkpoint.size
    self.format = checkpoint.format
    seal = checkpoint.seal
    kerasVersion = string("keras_version") ?? checkpoint.kerasVersion
    var configProblem: KerasError?
    let config = attempt { () throws(CheckpointError) in
      do throws(CheckpointError) { return try checkpoint.modelConfig() } catch {
        guard case .model(_, let problem) = error else { throw error }
        configProblem = problem
        return nil
      }
    }
    let layout = attempt { () throws(CheckpointError) in try LayerLayout(of: checkpoint) }
    // An invalid config is still shown among the attributes.
    let compileConfig = try? checkpoint.compileConfig()
    let optimizerConfig = compileConfig?["optimizer_config"] ?? compileConfig?["optimizer"]

    let model = layout.flatMap {
      ModelReport(
        $0, config: config, problem: configProblem, kerasVersion: checkpoint.kerasVersion)
    }
    let optimizer = attempt { () throws(CheckpointError) in
      try OptimizerReport(of: checkpoint, config: optimizerConfig, model: model)
    }
    let stateProblems = problems.count
    let training = attempt { () throws(CheckpointError) in try checkpoint.trainingState() }
    let pictures = attempt { () throws(CheckpointError) in try checkpoint.pictureConfig() }
    let stateIsUnreadable = problems.count > stateProblems

    let format = attempt { () throws(CheckpointError) in
      try checkpoint.attribute("checkpoint_format_version")
    }
    kind =
      if string("checkpoint_format") == "cairn", case .int(let format)? = format {
        .cairn(format: Int(format))
      } else {
        switch checkpoint.format {
        case .hdf5: layout?.kind ?? .hdf5
        case .kerasArchive: .kerasArchive
        case .shards: .kerasShards
        case .safetensors: .safetensors
        }
      }
    resumability =
      if stateIsUnreadable {
        .no(.unreadableState)
      } else if let training {
        if model == nil {
          .no(.noModel)
        } else if optimizer == nil {
          .no(.noOptimizer)
        } else if training.stepInEpoch > 0 {
          .inEpoch(training.epoch + 1, stepsDone: training.stepInEpoch)
        } else {
          .afterEpoch(training.epoch)
        }
      } else if model == nil {
        .no(.noModel)
      } else if optimizer == nil {
        .no(.weightsAlone)
      } else {
        .no(.noState)
      }
    self.model = model
    self.optimizer = optimizer
    self.training = training
    schedule = training.flatMap {
      ScheduleReport($0.settings, current: optimizer?.learningRate)
    }
    self.pictures = pictures
    self.problems = problems
  }
}

extension OptimizerReport {
  /// Finds the optimizer in a file; `nil` if there is none.
  init?(
    of checkpoint: borrowing CheckpointFile, config: JSON?, model: ModelReport?
  ) throws(CheckpointError) {
    guard let stored = try checkpoint.storedOptimizer() else { return nil }
    let className =
      config?["class_name"]?.string
      ?? (config?.string ?? stored.name).flatMap(KerasRegistry.optimizerClassName)
    let variables =
      stored.isNamed
      ? VariableReport.named(stored.variables)
      : stored.variables.map { VariableReport(name: $0.name, $0) }
    let options = config?["config"]?.object ?? [:]
    let names =
      stored.isNamed
      ? variables.map(\.name)
      : stored.variableNames(
        className: className, options: options,
        trained: (model?.variables ?? []).filter(\.isTrained).map { ($0.name, $0.shape) })
    let head = zip(names, variables)
    func scalar<Element: DatasetElement>(
      _ suffixes: [String], as type: Element.Type
    ) -> Element? {
      let found = head.first { name, variable in
        variable.count == 1 && suffixes.contains { name == $0 || name.hasSuffix("/\($0)") }
      }
      // A variable that is not such a number is still listed among the variables.
      return found.flatMap { try? checkpoint.dataset(at: $0.1.path).read(as: type).first }
    }
    self.className = className?.split(separator: ">").last.map(String.init)
    self.options = options
    iteration = scalar(["iteration", "iter", "iterations"], as: Int64.self)
    schedule = options["learning_rate"].flatMap { $0["class_name"] == nil ? nil : $0 }
    let rate = scalar(["learning_rate"], as: Float.self)
    learningRate = (rate ?? Self.rate(config, at: iteration)).map { Double("\($0)") ?? Double($0) }
    self.variables = zip(names, variables).map { $1.renamed("optimizer/\($0)") }
  }

  /// The learning rate that a schedule gives for the next step; `nil` if it is not supported.
  private static func rate(_ config: JSON?, at iteration: Int64?) -> Float? {
    guard let config, let iteration, (0...Int64(Int32.max)).contains(iteration) else { return nil }
    return (try? Optimizer.make(kerasConfig: config))?.schedule?(Int(iteration))
  }
}

extension VariableReport {
  /// Whether the optimizer updates the variable, judged by its name.
  fileprivate var isTrained: Bool {
    !["moving_mean", "moving_variance"].contains { name.hasSuffix("/\($0)") }
  }
}
