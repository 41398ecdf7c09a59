import Checkpoints
import HDF5
import NeuralNetwork

extension Report {
  /// Finds out what a file holds; what cannot be read becomes one of the problems.
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
    size = checkpoint.file.size
    kerasVersion = string("keras_version")
    let config = string("model_config")
    let layout = attempt { () throws(CheckpointError) in try LayerLayout(of: checkpoint.file) }
    let trainingConfig = string("training_config").flatMap { try? JSON(parsing: $0) }
    let optimizerConfig = trainingConfig?["optimizer_config"]

    let model = layout.flatMap { ModelReport($0, config: config) }
    let optimizer = attempt { () throws(CheckpointError) in
      try OptimizerReport(of: checkpoint.file, config: optimizerConfig, model: model)
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
        layout?.kind ?? .hdf5
      }
    resumability =
      if stateIsUnreadable {
        .no(reason: "its training state cannot be read")
      } else if let training {
        if model == nil {
          .no(reason: "it holds no model")
        } else if optimizer == nil {
          .no(reason: "it holds no optimizer")
        } else if training.stepInEpoch > 0 {
          .inEpoch(training.epoch + 1, stepsDone: training.stepInEpoch)
        } else {
          .afterEpoch(training.epoch)
        }
      } else if model == nil {
        .no(reason: "it holds no model")
      } else if optimizer == nil {
        .no(reason: "it holds weights only")
      } else {
        .no(reason: "it holds weights and an optimizer, but not where the run stood")
      }
    rootMembers =
      model != nil
      ? []
      : attempt { () throws(CheckpointError) in
        try Checkpoints.reading { () throws(HDF5Error) in
          try checkpoint.file.root.members.map { "/\($0.name)" }
        }
      } ?? []
    self.model = model
    self.optimizer = optimizer
    self.training = training
    self.problems = problems
  }
}

extension OptimizerReport {
  /// Finds the optimizer in a file; nil if there is none.
  init?(
    of file: borrowing File, config: JSON?, model: ModelReport?
  ) throws(CheckpointError) {
    let found = try Checkpoints.reading { () throws(HDF5Error) in
      try OptimizerReport.variables(in: file)
    }
    guard let (variables, name) = found, !variables.isEmpty else { return nil }
    let className =
      config?["class_name"]?.string ?? name.flatMap(KerasNames.className(ofOptimizer:))
    let names =
      name == nil
      ? variables.map(\.name)
      : KerasNames.optimizerVariables(
        variables, className: className, model: model?.variables ?? [])
    let head = zip(names, variables)
    func scalar<Element: DatasetElement>(
      _ suffixes: [String], as type: Element.Type
    ) -> Element? {
      let found = head.first { name, variable in
        variable.count == 1 && suffixes.contains { name == $0 || name.hasSuffix("/\($0)") }
      }
      // What is no such number is shown among the variables, as it is.
      return found.flatMap { try? file.dataset(at: $0.1.path).read(as: type).first }
    }
    self.className = className?.split(separator: ">").last.map(String.init)
    options = config?["config"]?.object ?? [:]
    iteration = scalar(["iteration", "iter"], as: Int64.self)
    learningRate = scalar(["learning_rate"], as: Float.self).map { Double("\($0)") ?? Double($0) }
    self.variables = zip(names, variables).map { $1.renamed("optimizer/\($0)") }
  }

  /// The variables of the optimizer, and its name if their own names have to be found out.
  private static func variables(
    in file: borrowing File
  ) throws(HDF5Error) -> (variables: [VariableReport], name: String?)? {
    guard try file.contains("optimizer/vars") else {
      return (try LegacyTreeSearch.optimizerVariables(in: file), nil)
    }
    let group = try file.group(at: "optimizer/vars")
    var variables: [VariableReport] = []
    for name in try KerasTreeSearch.numberedDatasets(in: group).prefix(LayerLimits.count) {
      variables.append(VariableReport(name: name, try group.dataset(at: name)))
    }
    guard case .string(let name)? = try group.attribute("name") else { return (variables, "") }
    return (variables, name)
  }
}
