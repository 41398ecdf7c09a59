import Preconditions
package import HDF5
public import NeuralNetwork

/// The contents of a checkpoint: model, optimizer, loss and training state.
///
/// The file can be loaded in Keras in several ways: as weights (`load_weights`), with or without optimizer,
/// and as a whole model (`load_model`). Reading is done by ``CheckpointFile``.
public struct Checkpoint {
  /// The model; it must be built.
  public let model: Model

  /// The optimizer, if its state is to be kept.
  public let optimizer: Optimizer?

  /// The training loss; stored so that Keras compiles the loaded model with it.
  public let loss: (any Loss)?

  /// The metrics; stored so that Keras compiles the loaded model with them.
  public let metrics: [any Metric]

  /// The state of the run, if it is to be resumed.
  public let state: TrainingState?

  /// The ID of the run that the weights come from.
  ///
  /// A weights-only file stores it, so that the run recognises the file as its own.
  public let runID: String?

  /// Puts together what is to be written.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - optimizer: The optimizer, if its state is to be kept.
  ///   - loss: The loss, if Keras is to compile the model with it.
  ///   - metrics: What else is measured, if Keras is to compile the model with it.
  ///   - state: The state of the run, if it is to be resumed.
  ///   - runID: The ID of the run whose weights these are; a state brings its own.
  ///   - file: The file that a mistake is reported at; by default the caller's.
  ///   - line: The line that a mistake is reported at; by default the caller's.
  /// - Precondition: The model is built.
  public init(
    model: Model, optimizer: Optimizer? = nil, loss: (any Loss)? = nil,
    metrics: [any Metric] = [AutomaticAccuracy()], state: TrainingState? = nil,
    runID: String? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      model.isBuilt,
      "The model must be built before it is saved: run it once or call `build(inputShape:)`.",
      file: file, line: line)
    self.model = model
    self.optimizer = optimizer
    self.loss = loss
    self.metrics = metrics
    self.state = state
    self.runID = runID
  }

  /// What the model is trained with, if that is known.
  var compilation: CompileConfig? {
    loss.map { CompileConfig(optimizer: optimizer, loss: $0, metrics: metrics) }
  }

  /// The checkpoint as the bytes of an HDF5 file.
  ///
  /// - Throws: ``CheckpointError`` if memory runs out.
  package func makeImage() throws(CheckpointError) -> FileImage {
    try image(reusing: nil).finished()
  }

  /// The checkpoint in memory.
  ///
  /// - Parameter memory: A file that is no longer needed, whose memory is used: memory that has been
  ///   used before costs no page faults.
  /// - Returns: The bytes of the file, but for its digests.
  /// - Throws: ``CheckpointError`` if memory runs out.
  func image(reusing memory: consuming FileImage?) throws(CheckpointError) -> CheckpointImage {
    try ModelContents(self).universalImage(reusing: memory)
  }

  /// Writes the checkpoint, replacing what is at the path in one instant.
  ///
  /// The file is written beside the path, brought to the disk, and renamed: whoever opens the path
  /// finds the old file or the new one, complete, whatever interrupts the writing.
  ///
  /// - Parameter path: The path of the file.
  /// - Throws: ``CheckpointError`` if the file cannot be written; what was there before is unchanged.
  public func save(to path: String) throws(CheckpointError) {
    try CheckpointStore(path: path).save(self)
  }
}
