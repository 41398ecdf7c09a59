import Files
import Glibc
import HDF5
import NeuralNetwork
import Tensors

/// A file written from another one: the same weights and the same optimizer in another form.
public struct Conversion: Sendable {
  /// The path of the file that was written.
  public let path: String

  /// Its form.
  public let format: ConversionFormat

  /// Its size in bytes.
  public let size: Int

  /// The number of layers of the model, those in models counted one by one.
  public let layers: Int

  /// The number of variables of the model.
  public let variables: Int

  /// The number of elements of these variables.
  public let parameters: Int

  /// The class of the optimizer whose state was kept, and how many steps it has taken.
  public let optimizer: (className: String, steps: Int)?

  /// What was in the file and is not in the new one, in words.
  public let notes: [String]

  /// What else the user of the new file should know, in words.
  public let remarks: [String]

  /// Converts a file.
  ///
  /// Values are read some rows at a time where the file allows it, else one variable at a time, so that
  /// the memory needed is little more than the size of the new file. The new file is there complete or not at all.
  ///
  /// - Parameters:
  ///   - input: The path of any file that a model can be loaded from.
  ///   - output: The path of the file to be written.
  ///   - format: Its form.
  ///   - architecture: The path of a file that describes the model, for an input of weights alone: a
  ///     model, or the JSON text of Keras's `model.to_json()`. `nil` if the input describes it.
  ///   - resetOptimizer: Whether the state of the optimizer is left behind.
  ///   - replacing: Whether a file at that path is replaced.
  /// - Throws: ``CheckpointError/isInput(path:input:)`` if the output is the input,
  ///   ``CheckpointError/occupied(path:file:_:)`` if it exists, or another ``CheckpointError`` if the input
  ///   cannot be read or described in that form, or the output cannot be written.
  public init(
    of input: String, to output: String, as format: ConversionFormat,
    architecture: String? = nil, resetOptimizer: Bool = false, replacing: Bool = false
  ) throws(CheckpointError) {
    let store = CheckpointStore(path: output)
    try store.checkIsOther(than: [input, architecture].compactMap(\.self))
    try store.checkTarget()
    if !replacing { try store.checkIsFree() }
    let lock = try store.lockIfTraining()
    defer { withExtendedLifetime(lock) {} }
    try store.check()
    let stored = try StoredModel(
      opening: input, describedBy: architecture, for: format.dialect,
      resetOptimizer: resetOptimizer)
    try store.checkIsOther(than: stored.files)
    let contents = stored.contents
    var notes = stored.notes
    switch format {
    case .weights:
      notes += contents.differsInKeras3
      size = try store.write(
        stored.checked { () throws(CheckpointError) in
          try contents.universalImage()
        })
    case .keras:
      notes += contents.differsInKeras3
      let config = try contents.archiveConfig()
      let image = try stored.checked { () throws(CheckpointError) in
        try contents.universalImage().finished()
      }
      size = try store.write(
        archive: [("metadata.json", contents.archiveMetadata), ("config.json", config)],
        weights: image)
    case .tfKeras:
      notes += contents.lostInKeras2
      size = try store.write(
        stored.checked { () throws(CheckpointError) in
          CheckpointImage(file: try contents.keras2Image(), step: nil)
        })
    }

    path = output
    self.format = format
    let all = contents.layers.flatMap(\.leaves)
    layers = all.count
    variables = all.reduce(0) { $0 + $1.variables.count }
    parameters = all.flatMap(\.variables).reduce(0) { $0 + $1.shape.elementCount }
    optimizer = contents.optimizer.map { (type(of: $0.optimizer).className, $0.iterations) }
    self.notes = notes
    remarks = stored.remarks + contents.foreignObjects
  }
}

extension ModelContents {
  /// What is said of losses and metrics that are a user's own.
  fileprivate var foreignObjects: [String] {
    guard let names = compiled?.foreign.names, !names.isEmpty else { return [] }
    let list = names.map { "'\($0)'" }.joined(separator: ", ")
    return [
      "\(list): not known here, and kept as the file has it; load_model needs a user's own in "
        + "custom_objects, or compile=False"
    ]
  }
}

extension LayerContents {
  /// The layers that are no models.
  fileprivate var leaves: [LayerContents] {
    layers.isEmpty ? [self] : layers.flatMap(\.leaves)
  }
}

extension CheckpointStore {
  /// Makes sure that the path leads to none of some files, by whatever spelling or link.
  fileprivate func checkIsOther(than inputs: [String]) throws(CheckpointError) {
    let place = FilePlace(of: path)
    for input in inputs where place.isSame(as: FilePlace(of: input)) {
      throw .isInput(path: path, input: input)
    }
  }

  /// Makes sure that there is nothing at the path, and no run that it would become the newest checkpoint of.
  fileprivate func checkIsFree() throws(CheckpointError) {
    if let occupant = Occupant(at: path) {
      throw .occupied(path: path, file: path, occupant)
    }
    for file in try numbered() where file.occupant.runID != nil {
      throw .occupied(path: path, file: file.path, file.occupant)
    }
  }

  /// Makes sure that nobody trains into the path; nobody ever did if there is no lock file.
  fileprivate func lockIfTraining() throws(CheckpointError) -> CheckpointLock? {
    let names = try CheckpointNames(of: path)
    guard unsafe access(names.path(of: names.lock), F_OK) == 0 else { return nil }
    return try CheckpointLock(for: path)
  }
}
