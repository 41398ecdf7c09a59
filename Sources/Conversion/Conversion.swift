import CheckpointStore
import Checkpoints
import Inspection
public import ModelFiles
import NeuralNetwork
import Tensors

/// The conversion of a file: the same weights and optimizer in another format.
///
/// ```swift
/// let conversion = try Conversion(of: input, to: output, as: .onnx)
/// print(conversion.parameters, "parameters,", conversion.size, "bytes")
/// for note in conversion.notes { print(note) }  // what the new file does not hold
/// ```
public struct Conversion: Sendable {
  /// The path of the output file.
  public let path: String

  /// The format of the output file.
  public let format: ModelFileFormat

  /// The size of the output file in bytes.
  public let size: Int

  /// The number of layers of the model; the layers of nested models are counted individually.
  public let layers: Int

  /// The number of variables of the model.
  public let variables: Int

  /// The number of parameters: the elements of these variables.
  public let parameters: Int

  /// The class and step count of the optimizer, if its state was converted.
  public let optimizer: (className: String, steps: Int)?

  /// Source code that uses the output, in the language of its readers; `nil` if they need none.
  public let source: String?

  /// Descriptions of the input's contents that the output lacks.
  public let notes: [String]

  /// Further remarks for the user of the output.
  public let remarks: [String]

  /// Converts a file.
  ///
  /// Values are read in blocks of rows if the file allows it, or else one variable at a time, so
  /// that the memory needed is little more than the size of the new file. The new file is created
  /// atomically.
  ///
  /// - Parameters:
  ///   - input: The path of any file from which a model can be loaded.
  ///   - output: The path of the output file.
  ///   - format: The format of the output file.
  ///   - architecture: The path of a file that describes the model, for an input with weights only:
  ///     a model, or the JSON text of Keras's `model.to_json()`. `nil` if the input describes the
  ///     model.
  ///   - resetOptimizer: Whether to omit the state of the optimizer.
  ///   - replacing: Whether to overwrite an existing file.
  /// - Throws: ``ConversionError`` if the output is an input, exists, or would join the numbered
  ///   checkpoints of a run, if the input cannot be read or converted to the format, or if the
  ///   output cannot be written.
  public init(
    of input: String, to output: String, as format: ModelFileFormat,
    architecture: String? = nil, resetOptimizer: Bool = false, replacing: Bool = false
  ) throws(ConversionError) {
    let store = CheckpointStore(path: output)
    try store.checkIsOther(than: [input, architecture].compactMap(\.self))
    try checking { () throws(StoreError) in try store.checkTarget() }
    if !replacing { try store.checkIsFree() }
    let lock = try checking { () throws(StoreError) in try store.lockIfHeldBefore() }
    defer { withExtendedLifetime(lock) {} }
    try checking { () throws(StoreError) in try store.check() }
    let stored: StoredModel
    do throws(CheckpointError) {
      stored = try StoredModel(
        opening: input, describedBy: architecture, for: format.writer.dialect,
        resetOptimizer: resetOptimizer,
        state: { file, model throws(CheckpointError) in
          guard let state = try file.trainingState() else { return nil }
          if let code = state.suspicions.first {
            throw .content(
              path: input, object: code.place,
              problem: "\(code.reason), which is not converted; resetting the optimizer leaves "
                + "out the run")
          }
          return state.contents(keeping: try file.keptWeights(for: model) ?? [])
        })
    } catch {
      throw .checkpoint(error)
    }
    try store.checkIsOther(than: stored.files)
    let contents = stored.contents
    do throws(CheckpointError) {
      source = try format.writer.source(for: contents)
      let model = try format.writer.encode(contents)
      try stored.check()
      size = try store.write(model)
    } catch {
      throw .checkpoint(error)
    }
    path = output
    self.format = format
    let all = contents.layers.flatMap(\.leaves)
    layers = all.count
    variables = all.reduce(0) { $0 + $1.variables.count }
    parameters = all.flatMap(\.variables).reduce(0) { $0 + $1.shape.elementCount }
    let written = format.writer.holdsOptimizer ? contents.optimizer : nil
    optimizer = written.map { (type(of: $0.optimizer).className, $0.iterations) }
    notes = stored.notes + format.writer.losses(of: contents)
    remarks = stored.remarks + contents.foreignObjects
  }
}

extension ModelContents {
  /// A remark about custom losses and metrics.
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
  /// The layers that are not models.
  fileprivate var leaves: [LayerContents] {
    layers.isEmpty ? [self] : layers.flatMap(\.leaves)
  }
}

extension CheckpointStore {
  /// Checks that the path is none of the input files, regardless of spelling and links.
  fileprivate func checkIsOther(than inputs: [String]) throws(ConversionError) {
    let place = FilePlace(of: path)
    for input in inputs where place.isSame(as: FilePlace(of: input)) {
      throw .isInput(path: path, input: input)
    }
  }

  /// Checks that the path does not exist, and that no run has numbered checkpoints beside it.
  fileprivate func checkIsFree() throws(ConversionError) {
    if let occupant = Occupant(at: path) {
      throw .occupied(path: path, file: path, occupant)
    }
    let numbered: [(path: String, occupant: Occupant)]
    do throws(CheckpointError) { numbered = try self.numbered() } catch {
      throw .checkpoint(error)
    }
    for file in numbered where file.occupant.runID != nil {
      throw .occupied(path: path, file: file.path, file.occupant)
    }
  }
}

/// Runs an operation of a store and converts its errors.
private func checking<Result>(
  _ body: () throws(StoreError) -> Result
) throws(ConversionError) -> Result {
  do throws(StoreError) { return try body() } catch { throw .checkpoint(.store(error)) }
}
