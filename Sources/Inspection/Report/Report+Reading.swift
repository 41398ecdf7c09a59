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
    size = checkpoint.container.size
    seal = checkpoint.seal
    kerasVersion = string("keras_version") ?? checkpoint.container.kerasVersion
    let config = attempt { () throws(CheckpointError) in try checkpoint.modelConfiguration() }
    let layout = attempt { () throws(CheckpointError) in try LayerLayout(of: checkpoint.container) }
    // An invalid config is still shown among the attributes.
    let compileConfig = try? checkpoint.compileConfig()
    let optimizerConfig = compileConfig?["optimizer_config"] ?? compileConfig?["optimizer"]

    let model = layout.flatMap {
      ModelReport($0, config: config, kerasVersion: checkpoint.kerasVersion)
    }
    let optimizer = attempt { () throws(CheckpointError) in
      try OptimizerReport(of: checkpoint, config: optimizerConfig, model: model)
    }
    let stateProblems = problems.count
    let training = attempt { () throws(CheckpointError) in try checkpoint.trainingState() }
    let stateIsUnreadable = problems.count > stateProblems

    let format = attempt { () throws(CheckpointError) in
      try checkpoint.attribute("checkpoint_format_version")
    }
    kind =
      if string("checkpoint_format") == "cairn", case .int(let format)? = format {
        .cairn(format: Int(format))
      } else {
        switch checkpoint.container.form {
        case .file: layout?.kind ?? .hdf5
        case .archive: .kerasArchive
        case .shards: .kerasShards
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
    self.problems = problems
  }
}

extension OptimizerReport {
  /// Finds the optimizer in a file; `nil` if there is none.
  init?(
    of checkpoint: borrowing CheckpointFile, config: JSON?, model: ModelReport?
  ) throws(CheckpointError) {
    let container = checkpoint.container
    guard let stored = try StoredOptimizer(of: container) else { return nil }
    let className =
      config?["class_name"]?.string
      ?? (config?.string ?? stored.name).flatMap(KerasRegistry.optimizerClassName)
    let variables =
      stored.isNamed
      ? VariableReport.named(stored.variables)
      : stored.variables.map { VariableReport(name: $0.name, $0) }
    let names =
      stored.isNamed
      ? variables.map(\.name)
      : OptimizerReport.names(
        of: variables, className: className, options: config?["config"]?.object ?? [:],
        model: model?.variables ?? [])
    let head = zip(names, variables)
    func scalar<Element: DatasetElement>(
      _ suffixes: [String], as type: Element.Type
    ) -> Element? {
      let found = head.first { name, variable in
        variable.count == 1 && suffixes.contains { name == $0 || name.hasSuffix("/\($0)") }
      }
      // A variable that is not such a number is still listed among the variables.
      return found.flatMap { try? container.dataset(at: $0.1.path).read(as: type).first }
    }
    self.className = className?.split(separator: ">").last.map(String.init)
    options = config?["config"]?.object ?? [:]
    iteration = scalar(["iteration", "iter", "iterations"], as: Int64.self)
    learningRate = scalar(["learning_rate"], as: Float.self).map { Double("\($0)") ?? Double($0) }
    self.variables = zip(names, variables).map { $1.renamed("optimizer/\($0)") }
  }

  /// Returns names for the variables of an optimizer that are only numbered in the file.
  ///
  /// - Parameters:
  ///   - variables: The variables, in the order of the file.
  ///   - className: The class of the optimizer, if known.
  ///   - options: Its options; empty if unknown.
  ///   - model: The variables of the model.
  /// - Returns: A name for each variable; its number if the name is ambiguous.
  private static func names(
    of variables: [VariableReport], className: String?, options: [String: JSON],
    model: [VariableReport]
  ) -> [String] {
    let trained = model.filter { variable in
      !["moving_mean", "moving_variance"].contains { variable.name.hasSuffix("/\($0)") }
    }.map { (name: $0.name, shape: $0.shape) }
    let candidates = className.map { KerasRegistry.optimizers(named: $0, options: options) } ?? []
    for optimizer in candidates {
      // With a schedule, there is no such variable.
      let head = ["iteration"] + (optimizer.hasLearningRateVariable ? ["learning_rate"] : [])
      let slots = optimizer.expectedSlots(for: trained)
      guard variables.map(\.shape) == head.map({ _ in [] }) + slots.map(\.shape) else { continue }
      return head + slots.map { slot in slot.variable.map { "\($0)/\(slot.name)" } ?? slot.name }
    }
    var names = variables.indices.map { "\($0)" }
    guard variables.count >= 2, variables[0].count == 1, variables[1].count == 1,
      variables[0].elementType == "int64", variables[1].elementType == "float32"
    else { return names }
    (names[0], names[1]) = ("iteration", "learning_rate")
    return names
  }
}
