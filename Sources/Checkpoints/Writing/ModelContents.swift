import HDF5
import NeuralNetwork
import Tensors

/// Everything that is written of a model, and where it comes from: a model in memory, or another file.
struct ModelContents {
  /// What the model is called.
  let name: String

  /// How its layers work together; `nil` if a file cannot say.
  let architecture: Architecture?

  /// Its layers, in Keras's order.
  let layers: [LayerContents]

  /// The state of its optimizer, if there is one.
  let optimizer: OptimizerContents?

  /// What the model is trained with.
  let compilation: CompileConfig?

  /// The state of a run.
  let state: TrainingState?

  /// The ID of the run, if its state is not written.
  var runID: String?
}

/// A layer that is written.
struct LayerContents {
  /// What the layer is called.
  let name: String

  /// The name of its class in Keras.
  let className: String

  /// Its own variables.
  let variables: [VariableContents]

  /// The layers in it, if it is a model.
  let layers: [LayerContents]

  /// The variables with those of the layers inside, under names that tell them apart, in the order of
  /// Keras 2: first what is trained, then the rest.
  var namedVariables: [(name: String, variable: VariableContents)] {
    let all =
      variables.map { ($0.name, $0) }
      + layers.flatMap { layer in
        layer.namedVariables.map { ("\(layer.name)/\($0.name)", $0.variable) }
      }
    return all.filter(\.1.isTrainable) + all.filter { !$0.1.isTrainable }
  }
}

/// A variable that is written.
struct VariableContents {
  /// What it is called in its layer or optimizer.
  let name: String

  /// Its shape.
  let shape: Shape

  /// Whether it is trained.
  let isTrainable: Bool

  /// Whether files keep it as a 64-bit integer.
  let isInteger: Bool

  /// Its value; one that comes from a file is read only now, so that it is in memory no longer than needed.
  let value: () throws(CheckpointError) -> Tensor

  /// Gives some rows of its value; `nil` if it can only be had whole.
  var rows: ((Range<Int>) throws(CheckpointError) -> [Float])?

  /// What its digest begins with: type and shape, as in `float32 3x3x1x32`.
  var heading: String {
    let extents = shape.dimensions.map { "\($0)" }.joined(separator: "x")
    return "\(isInteger ? "int64" : "float32") \(extents)"
  }
}

/// The state of an optimizer that is written.
struct OptimizerContents {
  /// The optimizer, of which only the settings count.
  let optimizer: Optimizer

  /// How many steps were taken.
  let iterations: Int

  /// The learning rate of the next step.
  let learningRate: Float

  /// What it keeps besides, in Keras's order.
  let slots: [VariableContents]
}

extension ModelContents {
  /// What the model is trained with, if that is enough for Keras to restore the optimizer.
  var compiled: CompileConfig? { compilation.flatMap { $0.optimizer == nil ? nil : $0 } }
}

extension ModelContents {
  /// What is in memory.
  init(_ checkpoint: Checkpoint) {
    let model = checkpoint.model
    name = model.name
    let architecture = Architecture(model)
    // What Keras 3 does not have at all is written as it is: it can still be read here.
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
