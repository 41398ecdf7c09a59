import CheckpointStore
package import HDF5
public import ModelFiles
public import NeuralNetwork
import Preconditions
public import Tensors

/// A complete training run (model, optimizer, loss and state) to be saved as one file.
///
/// Keras can load the file as weights (`load_weights`), with or without the optimizer, and as a
/// whole model (`load_model`). ``CheckpointFile`` reads it.
///
/// ```swift
/// try Checkpoint(model: model).save(to: "\(folder)/model.h5")
/// try Checkpoint(model: model).save(to: "\(folder)/model.keras")  // for Keras
/// let loaded = try CheckpointFile(opening: "\(folder)/model.keras").loadModel()
/// ```
public struct Checkpoint {
  /// The model; it must be built.
  public let model: Model

  /// The optimizer, if its state is to be saved.
  public let optimizer: Optimizer?

  /// The losses and metrics of the training, if Keras is to compile the model with them.
  public let compileConfig: CompileConfig?

  /// The state of the run, if it is to be resumed.
  public let state: TrainingState?

  /// Weights to keep with the state beside those of the model, in the order of its variables, such
  /// as those of the best epoch; empty if there are none.
  public let keptWeights: [Tensor]

  /// Further models of the run with their optimizers, by name; saved with the state.
  public let parts: [String: TrainingPart]

  /// The preparation of pictures and the names of the classes, if they are known.
  public let pictures: PictureConfig?

  /// The ID of the run that trained the weights.
  ///
  /// The run uses it to recognize its own files without a state.
  public let runID: String?

  /// Creates a checkpoint to be saved.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - optimizer: The optimizer, if its state is to be saved.
  ///   - loss: The loss, if Keras is to compile the model with it.
  ///   - metrics: The metrics, if Keras is to compile the model with them.
  ///   - compileConfig: The losses and metrics of several outputs, in place of `loss` and
  ///     `metrics`.
  ///   - state: The state of the run, if it is to be resumed.
  ///   - keptWeights: Weights to keep with the state, in the order of the model's variables.
  ///   - parts: Further models of the run with their optimizers, by name; saved with the state.
  ///   - pictures: The preparation of pictures and the names of the classes, if they are known.
  ///   - runID: The ID of the run that trained the weights; a state contains its own.
  ///   - file: The file at which programmer errors are reported; by default the caller's.
  ///   - line: The line at which programmer errors are reported; by default the caller's.
  /// - Precondition: The model is built.
  public init(
    model: Model, optimizer: Optimizer? = nil, loss: (any Loss)? = nil,
    metrics: [any Metric] = [AutomaticAccuracy()], compileConfig: CompileConfig? = nil,
    state: TrainingState? = nil,
    keptWeights: [Tensor] = [], parts: [String: TrainingPart] = [:],
    pictures: PictureConfig? = nil, runID: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      model.isBuilt,
      "The model must be built before it is saved: run it once or call `build(inputShape:)`.",
      file: file, line: line)
    self.model = model
    self.optimizer = optimizer
    var config =
      compileConfig ?? loss.map { CompileConfig(optimizer: nil, loss: $0, metrics: metrics) }
    config?.optimizer = optimizer
    self.compileConfig = config
    self.state = state
    self.keptWeights = keptWeights
    self.parts = parts
    self.pictures = pictures
    self.runID = runID
  }

  /// The state of the run with its parts.
  private var stateContents: StateContents? {
    guard let state else { return nil }
    let parts = parts.sorted { $0.key < $1.key }
    let own = state.contents(keeping: keptWeights)
    return StateContents(step: state.globalStep) { group throws(HDF5Error) in
      try own.write(group)
      for (name, part) in parts { try part.write(to: try group.createGroup("parts/\(name)")) }
    }
  }

  /// Whether metrics and parts are finite; the model and its optimizer are checked when they are
  /// saved.
  package var hasFiniteState: Bool {
    state?.hasFiniteMetrics != false && parts.values.allSatisfy(\.isFinite)
  }

  /// The checkpoint as the bytes of an HDF5 file.
  ///
  /// - Throws: ``CheckpointError`` if memory runs out.
  package func makeImage() throws(CheckpointError) -> FileImage {
    try image(reusing: nil).finished()
  }

  /// The checkpoint as the bytes of an HDF5 file, for another process.
  ///
  /// - Throws: ``CheckpointError`` if memory runs out.
  package func makeBytes() throws(CheckpointError) -> [UInt8] {
    let image = try makeImage()
    return unsafe image.withUnsafeBytes { unsafe Array($0) }
  }

  /// The checkpoint in memory.
  ///
  /// - Parameter memory: A file image that is no longer needed. Its memory is reused, which avoids
  ///   page faults.
  /// - Returns: The bytes of the file, without the digests.
  /// - Throws: ``CheckpointError`` if memory runs out.
  func image(reusing memory: consuming FileImage?) throws(CheckpointError) -> CheckpointImage {
    var contents = ModelContents(
      model, optimizer: optimizer, compilation: compileConfig, state: stateContents, runID: runID)
    contents.pictures = pictures
    return try contents.universalImage(reusing: memory)
  }

  /// Saves the checkpoint, replacing the file at the path atomically.
  ///
  /// A temporary file beside the path is written, synchronized with `fsync` and renamed. So the
  /// path always holds the complete old or the complete new file, even if the save is interrupted.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - format: The form of the file. By default a path that ends with `.keras`, `.safetensors`,
  ///     `.npz` or `.h` gets a file of that form, if there is no state of a run, and every other
  ///     one a checkpoint. Forms other than the checkpoint do not hold the state of the run.
  /// - Throws: ``CheckpointError`` if the form cannot hold the model, a weight is NaN or infinite
  ///   in a form other than the checkpoint, or the file cannot be written; the old file is then
  ///   unchanged, unless the error is ``StoreError/unconfirmed(path:reason:)``.
  public func save(to path: String, as format: ModelFileFormat? = nil) throws(CheckpointError) {
    let store = CheckpointStore(path: path)
    let named = state == nil ? ModelFileFormat(path: path) : nil
    let format = format ?? (named == .tfKeras ? nil : named) ?? .weights
    guard format != .weights else { return try store.save(self) }
    var contents = try ModelContents(
      model, optimizer: optimizer, compilation: compileConfig, for: format.writer.dialect)
    contents.pictures = pictures
    for variable in model.variables where !variable.value.scalars.allSatisfy(\.isFinite) {
      throw .notFinite(path: path, object: variable.name)
    }
    _ = try store.write(format.writer.encode(contents))
  }
}
