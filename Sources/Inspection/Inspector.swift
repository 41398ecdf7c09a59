import Checkpoints
import HDF5
import NeuralNetwork

/// A file that is being looked at.
public struct Inspector: ~Copyable {
  /// The path of the file.
  public let path: String

  let checkpoint: CheckpointFile

  /// Opens a file.
  ///
  /// - Parameter path: The path of any HDF5 file.
  /// - Throws: ``InspectionError`` if it cannot be opened; what it is instead, if that can be told.
  public init(opening path: String) throws(InspectionError) {
    let checkpoint: CheckpointFile
    do throws(CheckpointError) {
      checkpoint = try CheckpointFile(opening: path)
    } catch {
      if case .file(let cause) = error, cause.cause == .notHDF5, let kind = kindByMagic(of: path) {
        throw .otherFile(path: path, kind: kind)
      }
      throw .file(error)
    }
    self.path = path
    self.checkpoint = checkpoint
  }

  /// Says what the file holds.
  ///
  /// - Returns: The report.
  /// - Throws: ``InspectionError`` if the file is damaged.
  public func report() throws(InspectionError) -> Report {
    try reading { () throws(CheckpointError) in
      let layout = try weightLayout()
      var model: ModelReport?
      if let layout { model = try self.model(layout) }
      let training: TrainingState?
      var trainingProblem: String?
      do throws(CheckpointError) {
        training = try checkpoint.trainingState()
      } catch {
        training = nil
        trainingProblem = "\(error)"
      }
      return Report(
        path: path, kind: try kind(layout), size: checkpoint.file.size,
        kerasVersion: try string("keras_version"), model: model,
        optimizer: try optimizer(), training: training, trainingProblem: trainingProblem)
    }
  }

  private func kind(_ layout: WeightLayout?) throws(CheckpointError) -> FileKind {
    if try string("checkpoint_format") == "cairn",
      case .int(let format)? = try checkpoint.attribute("checkpoint_format_version")
    {
      return .cairn(format: Int(format))
    }
    switch layout {
    case .variables: return .kerasWeights
    case .legacy(root: ""): return .kerasLegacyWeights
    case .legacy: return .kerasModel
    case nil: return .hdf5
    }
  }

  private func optimizer() throws(CheckpointError) -> OptimizerReport? {
    let group = KerasLayout.optimizerVariables
    let paths = try numberedDatasets(in: group)
    guard !paths.isEmpty else { return nil }
    var variables: [VariableReport] = []
    for path in paths { variables.append(try variable("optimizer/\(variables.count)", at: path)) }
    let config = (try string("training_config")).flatMap { try? JSON(parsing: $0) }
    let optimizer = config?["optimizer_config"] ?? config?["optimizer"]
    // The head of Keras's optimizers; what else may stand there is not taken for it.
    let iteration = variables[0].shape.isEmpty ? try? scalar(paths[0], of: Int64.self) : nil
    let hasRate = variables.count > 1 && variables[1].shape.isEmpty
    return OptimizerReport(
      className: optimizer?["class_name"]?.string, options: optimizer?["config"]?.object ?? [:],
      iteration: iteration.map(Int.init),
      learningRate: hasRate ? try? scalar(paths[1], of: Float.self) : nil, variables: variables)
  }

  private func scalar<Element: DatasetElement>(
    _ path: String, of type: Element.Type
  ) throws(CheckpointError) -> Element? {
    try Checkpoints.reading { () throws(HDF5Error) in
      try checkpoint.file.dataset(at: path).read(as: type).first
    }
  }

  /// Reads an attribute of the root, if it is a string.
  func string(_ name: String) throws(CheckpointError) -> String? {
    guard case .string(let value)? = try checkpoint.attribute(name) else { return nil }
    return value
  }
}

/// Runs a step of looking at a file.
func reading<Result: ~Copyable>(
  _ body: () throws(CheckpointError) -> Result
) throws(InspectionError) -> Result {
  do throws(CheckpointError) { return try body() } catch { throw .file(error) }
}
