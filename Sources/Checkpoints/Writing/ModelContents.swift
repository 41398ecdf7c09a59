import HDF5
import NeuralNetwork
import Tensors

/// The contents of a model to write, from memory or from another file.
struct ModelContents {
  /// The name of the model.
  let name: String

  /// The architecture; `nil` if a file cannot describe it.
  let architecture: Architecture?

  /// The layers, in Keras's order.
  let layers: [LayerContents]

  /// The state of the optimizer, if there is one.
  let optimizer: OptimizerContents?

  /// The compile config of the model.
  let compilation: CompileConfig?

  /// The state of a run.
  let state: TrainingState?

  /// The ID of the run; written only if there is no state.
  var runID: String?
}

/// A layer to write.
struct LayerContents {
  /// The name of the layer.
  let name: String

  /// The name of the class in Keras.
  let className: String

  /// The variables of the layer itself.
  let variables: [VariableContents]

  /// The nested layers, if the layer is a model.
  let layers: [LayerContents]

  /// The variables of the layer and its nested layers, under unique names.
  ///
  /// They are in the order of Keras 2: first the trainable variables, then the others.
  var namedVariables: [(name: String, variable: VariableContents)] {
    let all =
      variables.map { ($0.name, $0) }
      + layers.flatMap { layer in
        layer.namedVariables.map { ("\(layer.name)/\($0.name)", $0.variable) }
      }
    return all.filter(\.1.isTrainable) + all.filter { !$0.1.isTrainable }
  }
}

/// A variable to write.
struct VariableContents {
  /// The name in its layer or optimizer.
  let name: String

  /// The shape.
  let shape: Shape

  /// Whether the variable is trainable.
  let isTrainable: Bool

  /// Whether files store the variable as a 64-bit integer.
  let isInteger: Bool

  /// Returns the value; a value in a file is read by this call, to keep it in memory as briefly as
  /// possible.
  let value: () throws(CheckpointError) -> Tensor

  /// Returns some rows of the value; `nil` if only the complete value can be read.
  var rows: ((Range<Int>) throws(CheckpointError) -> [Float])?

  /// The heading of the digest: type and shape, such as `float32 3x3x1x32`.
  var heading: String {
    let extents = shape.dimensions.map { "\($0)" }.joined(separator: "x")
    return "\(isInteger ? "int64" : "float32") \(extents)"
  }
}

/// The state of an optimizer to write.
struct OptimizerContents {
  /// The optimizer, of which only the settings are used.
  let optimizer: Optimizer

  /// The number of steps taken.
  let iterations: Int

  /// The learning rate of the next step.
  let learningRate: Float

  /// The slots, in Keras's order.
  let slots: [VariableContents]
}

extension ModelContents {
  /// The compile config, if it includes the optimizer, so that Keras can restore it.
  var compiled: CompileConfig? { compilation.flatMap { $0.optimizer == nil ? nil : $0 } }
}

extension ModelContents {
  /// Creates the contents of a checkpoint in memory.
  init(_ checkpoint: Checkpoint) {
    let model = checkpoint.model
    name = model.name
    let architecture = Architecture(model)
    // Write a model that Keras 3 does not support unchanged: Cairn can still read it.
    self.architecture = (try? architecture?.translated(for: .wholeModel)) ?? architecture
    layers = model.layersInOrder.map(LayerContents.init)
    if let optimizer = checkpoint.optimizer {
      optimizer.build(for: model.trainableVariables)
      self.optimizer = OptimizerContents(
        optimizer: optimizer, iterations: optimizer.iterations,
        learningRate: optimizer.learningRate,
        slots: optimizer.slotsInKerasOrder.map(VariableContents.init))
    } else {
      optimizer = nil
    }
    compilation = checkpoint.compilation
    state = checkpoint.state
    runID = checkpoint.runID
  }
}

extension LayerContents {
  init(_ layer: Layer) {
    name = layer.name
    className = layer.classNameInFiles
    variables = layer.weights.map(VariableContents.init)
    layers = (layer as? Model)?.layersInOrder.map(LayerContents.init) ?? []
  }
}

extension VariableContents {
  init(_ variable: Variable) {
    self.init(
      name: variable.name, shape: variable.shape, isTrainable: variable.isTrainable,
      isInteger: variable.isInteger, value: { variable.value })
  }
}
