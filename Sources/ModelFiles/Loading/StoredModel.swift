import HDF5
import JSON
package import NeuralNetwork
import Tensors

/// The model in a file, matched with its description, whose values are read only when they are
/// written.
package struct StoredModel {
  /// The contents of the file.
  package let contents: ModelContents

  /// Descriptions of the parts of the file that are not in ``contents``.
  package let notes: [String]

  /// Descriptions of decisions made in reading the file.
  package let remarks: [String]

  /// The paths of the input files.
  package let files: [String]

  private let reader: VariableReader

  /// The problem of an optimizer state without a description of the optimizer.
  static let unknownOptimizer = "is the state of an optimizer, and nothing says of which"

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - description: The path of a file that describes the model; `nil` if the file at `path`
  ///     does.
  ///   - dialect: The dialect of Keras in which the model is to be written; `nil` leaves the model
  ///     as it is.
  ///   - resetOptimizer: Whether to ignore the state of the optimizer.
  ///   - state: Reads the state of the run in the file with a model; is called unless the optimizer
  ///     is ignored.
  /// - Throws: ``CheckpointError`` if the file does not match the description of the model, or the
  ///   dialect does not support the model.
  package init(
    opening path: String, describedBy description: String?, for dialect: KerasDialect?,
    resetOptimizer: Bool,
    state: (borrowing CheckpointFile, Model) throws(CheckpointError) -> StateContents?
  ) throws(CheckpointError) {
    let file = try CheckpointFile(opening: path)
    let described =
      if let description {
        try ModelDescription(opening: description)
      } else {
        try ModelDescription(in: file)
      }
    let stored = described.architecture
    let architecture: Architecture
    do throws(KerasError) {
      architecture = try stored.translated(for: dialect, scalingGates: true)
    } catch {
      throw .model(path: description ?? path, error)
    }
    // Pages of zeros that are never written take no memory.
    let model = try file.makeModel(architecture) { _, plan in
      plan.map { $0.weights.map { Tensor(zeros: $0.shape) } }
    }
    let weights = try file.match(ModelWeights(model))
    guard weights.differences.isEmpty else { throw .mismatch(path: path, weights.differences) }
    let reader = VariableReader(file.container)
    files = file.container.parts.map(\.path) + [description].compactMap(\.self)

    var notes: [String] = []
    var compilation: CompileConfig?
    let hasState = try file.hasOptimizerState()
    let config = described.compileConfig
    do throws(KerasError) {
      if let config {
        compilation = try CompileConfig(kerasConfig: config) { _ in }
        if architecture.graph.outputs.count == 1 { compilation?.mergeOutputs() }
        notes += compilation?.removeMisfits(for: stored.graph.outputNames) ?? []
      }
    } catch {
      guard resetOptimizer || !hasState else { throw .model(path: description ?? path, error) }
      notes.append("what the model was compiled with: \(error.compilationProblem)")
    }
    notes += compilation?.foreign.refused ?? []
    let scaled = (config?["optimizer_config"] ?? config?["optimizer"])?.scaledOptimizer
    if hasState, scaled != nil { notes.append("the scale of the loss, which 32 bits do not need") }
    notes += stored.notes.filter(\.isLost).map(\.description) + stored.lost(in: dialect)

    var optimizer: OptimizerContents?
    if hasState {
      if resetOptimizer {
        notes.append("the state of the optimizer, as asked for")
      } else if let compiled = compilation?.optimizer {
        optimizer = try file.contents(of: compiled, for: model, reader)
      } else {
        throw .content(
          path: path, object: "/\(KerasLayout.optimizerVariables)",
          problem: StoredModel.unknownOptimizer)
      }
    }

    var variables = weights.variables[...]
    var contents = ModelContents(
      name: architecture.name, architecture: architecture,
      layers: model.layersInOrder.map { LayerContents($0, &variables, reader) },
      optimizer: optimizer, compilation: compilation,
      state: resetOptimizer ? nil : try state(file, model))
    contents.pictures = try file.pictureConfig()
    self.contents = contents
    self.notes = notes
    remarks = weights.notes.map { "\($0)" }
    self.reader = reader
  }

  /// Throws an error if some of the values that were read are not finite.
  package func check() throws(CheckpointError) { try reader.check() }
}

/// Reads variables one by one, and records those that are not finite.
private final class VariableReader {
  private let path: String
  private var reader: TensorReader

  init(_ container: Container) {
    path = container.parts[0].path
    reader = TensorReader(container)
  }

  func read(_ variable: StoredVariable, named name: String) throws(CheckpointError) -> Tensor {
    try reader.read(variable, named: name)
  }

  func readSlot(
    _ variable: StoredVariable, named name: String, ofKind kind: String
  ) throws(CheckpointError) -> Tensor {
    try reader.readSlot(variable, named: name, ofKind: kind)
  }

  /// A closure that reads rows of a variable, or of a slot of a kind; `nil` if partial reads are
  /// unsupported or inefficient.
  func rows(
    of variable: StoredVariable, named name: String, ofKind kind: String = ""
  ) -> ((Range<Int>) throws(CheckpointError) -> [Float])? {
    guard variable.isContiguous, !variable.isBFloat16, !variable.shape.isEmpty else { return nil }
    return { rows throws(CheckpointError) in
      let values = try self.reader.read(rows, of: variable, named: name)
      try self.reader.check(values, of: variable, ofKind: kind)
      return values
    }
  }

  func check() throws(CheckpointError) {
    guard reader.differences.isEmpty else { throw .mismatch(path: path, reader.differences) }
  }
}

extension CheckpointFile {
  fileprivate borrowing func hasOptimizerState() throws(CheckpointError) -> Bool {
    try StoredOptimizer(of: container).map { !$0.variables.isEmpty } ?? false
  }

  /// The state of an optimizer; only the iteration and learning rate are read at once.
  fileprivate borrowing func contents(
    of optimizer: Optimizer, for model: Model, _ reader: VariableReader
  ) throws(CheckpointError) -> OptimizerContents {
    let match = try self.match(optimizer, for: model)
    guard match.differences.isEmpty else { throw .mismatch(path: path, match.differences) }
    let head = try readHead(match, for: optimizer)
    optimizer.iterations = head.iterations
    if let rate = head.learningRate { optimizer.learningRate = rate }
    if match.derivesSharedSlots { optimizer.deriveSharedSlots() }
    let slots = optimizer.slotsInKerasOrder.enumerated().map { index, slot in
      guard index < match.slots.count else { return VariableContents(slot) }
      let stored = match.slots[index]
      let name = "optimizer/\(slot.name) (\(index))"
      return VariableContents(
        name: slot.name, shape: slot.shape, isTrainable: false, isInteger: false,
        value: { () throws(CheckpointError) in
          try reader.readSlot(stored, named: name, ofKind: slot.name)
        }, rows: reader.rows(of: stored, named: name, ofKind: slot.name))
    }
    return OptimizerContents(
      optimizer: optimizer, iterations: optimizer.iterations,
      learningRate: optimizer.learningRate, slots: slots)
  }
}

extension KerasError {
  /// A description of the problem with the compile config of a model.
  fileprivate var compilationProblem: String {
    if case .compilation(let problem) = self { problem } else { "\(self)" }
  }
}

extension LayerContents {
  /// Creates the contents of a layer from a file.
  ///
  /// - Parameters:
  ///   - layer: The described layer.
  ///   - variables: The variables of this and all later layers that are not models; those used are
  ///     removed.
  ///   - reader: The reader of the variables.
  fileprivate init(
    _ layer: Layer, _ variables: inout ArraySlice<[StoredVariable]>, _ reader: VariableReader
  ) {
    name = layer.name
    className = layer.classNameInFiles
    places = layer.weightPlaces(count: layer.weights.count)
    if let model = layer as? Model {
      self.variables = []
      var inner: [LayerContents] = []
      for layer in model.layersInOrder { inner.append(LayerContents(layer, &variables, reader)) }
      layers = inner
    } else {
      let stored = variables.popFirst() ?? []
      self.variables = zip(layer.weights, stored).map { weight, stored in
        let name = "\(layer.name)/\(weight.name)"
        let scale = layer.gateScale
        return VariableContents(
          name: weight.name, shape: weight.shape, isTrainable: weight.isTrainable,
          isInteger: weight.isInteger,
          value: { () throws(CheckpointError) in
            let value = try reader.read(stored, named: name)
            return scale.map { $0(value) } ?? value
          }, rows: scale == nil ? reader.rows(of: stored, named: name) : nil)
      }
      layers = []
    }
  }
}
