package import HDF5
package import NeuralNetwork
package import Tensors

/// The contents of a model to write, from memory or from another file.
package struct ModelContents {
  /// The name of the model.
  package let name: String

  /// The architecture; `nil` if a file cannot describe it.
  package let architecture: Architecture?

  /// The layers, in Keras's order.
  package let layers: [LayerContents]

  /// The state of the optimizer, if there is one.
  package let optimizer: OptimizerContents?

  /// The compile config of the model.
  package let compilation: CompileConfig?

  /// The state of a run, which Keras ignores.
  package let state: StateContents?

  /// The preparation of pictures and the names of the classes, if they are known.
  package var pictures: PictureConfig?

  /// The ID of the run that trained the weights; written only if there is no state.
  package let runID: String?

  /// Creates the contents of a file.
  package init(
    name: String, architecture: Architecture?, layers: [LayerContents],
    optimizer: OptimizerContents?, compilation: CompileConfig?, state: StateContents?,
    runID: String? = nil
  ) {
    self.name = name
    self.architecture = architecture
    self.layers = layers
    self.optimizer = optimizer
    self.compilation = compilation
    self.state = state
    self.runID = runID
  }
}

/// The state of a run to write beside the model.
package struct StateContents {
  /// The global step of the run.
  package let step: Int

  /// Writes the state to its group.
  package let write: (borrowing GroupWriter) throws(HDF5Error) -> Void

  /// Creates the state to write.
  package init(step: Int, write: @escaping (borrowing GroupWriter) throws(HDF5Error) -> Void) {
    self.step = step
    self.write = write
  }
}

/// A layer to write.
package struct LayerContents {
  /// The name of the layer.
  package let name: String

  /// The name of the class in Keras.
  package let className: String

  /// The variables of the layer itself.
  package let variables: [VariableContents]

  /// Where the variables are in the group of the layer in a tree of Keras 3.
  let places: [String]

  /// The nested layers, if the layer is a model.
  package let layers: [LayerContents]

  /// The variables of the layer and its nested layers, under unique names.
  ///
  /// They are in the order of Keras 2: first the trainable variables, then the others.
  package var namedVariables: [(name: String, variable: VariableContents)] {
    let all =
      variables.map { ($0.name, $0) }
      + layers.flatMap { layer in
        layer.namedVariables.map { ("\(layer.name)/\($0.name)", $0.variable) }
      }
    return all.filter(\.1.isTrainable) + all.filter { !$0.1.isTrainable }
  }
}

/// A variable to write.
package struct VariableContents {
  /// The name in its layer or optimizer.
  package let name: String

  /// The shape.
  package let shape: Shape

  /// Whether the variable is trainable.
  package let isTrainable: Bool

  /// Whether files store the variable as a 64-bit integer.
  package let isInteger: Bool

  /// Returns the value; a value in a file is read by this call, to keep it in memory as briefly as
  /// possible.
  package let value: () throws(CheckpointError) -> Tensor

  /// Returns some rows of the value; `nil` if only the complete value can be read.
  package var rows: ((Range<Int>) throws(CheckpointError) -> [Float])?

  /// The heading of the digest: type and shape, such as `float32 3x3x1x32`.
  package var heading: String {
    let extents = shape.dimensions.map { "\($0)" }.joined(separator: "x")
    return "\(isInteger ? "int64" : "float32") \(extents)"
  }
}

/// The state of an optimizer to write.
package struct OptimizerContents {
  /// The optimizer, of which only the settings are used.
  package let optimizer: Optimizer

  /// The number of steps taken.
  package let iterations: Int

  /// The learning rate of the next step.
  package let learningRate: Float

  /// The slots, in Keras's order.
  package let slots: [VariableContents]
}

extension ModelContents {
  /// The compile config, if it includes the optimizer, so that Keras can restore it.
  package var compiled: CompileConfig? { compilation.flatMap { $0.optimizer == nil ? nil : $0 } }
}

extension ModelContents {
  /// Creates the contents of a model in memory.
  ///
  /// - Parameters:
  ///   - model: The model, built.
  ///   - optimizer: The optimizer, if its state is to be written.
  ///   - compilation: The compile config of the model.
  ///   - state: The state of a run.
  ///   - runID: The ID of the run that trained the weights.
  ///   - architecture: The architecture of the model in the dialect of the form.
  private init(
    _ model: Model, optimizer: Optimizer?, compilation: CompileConfig?, state: StateContents?,
    runID: String?, architecture: Architecture?
  ) {
    if let optimizer { optimizer.build(for: model.trainableVariables) }
    self.init(
      name: model.name, architecture: architecture,
      layers: model.layersInOrder.map(LayerContents.init),
      optimizer: optimizer.map { optimizer in
        OptimizerContents(
          optimizer: optimizer, iterations: optimizer.iterations,
          learningRate: optimizer.learningRate,
          slots: optimizer.slotsInKerasOrder.map(VariableContents.init))
      }, compilation: compilation, state: state, runID: runID)
  }

  /// Creates the contents of a checkpoint of a model in memory.
  ///
  /// A model that Keras 3 does not support is written unchanged, because Cairn can still read it.
  ///
  /// - Parameters:
  ///   - model: The model, built.
  ///   - optimizer: The optimizer, if its state is to be written.
  ///   - compilation: The compile config of the model.
  ///   - state: The state of a run.
  ///   - runID: The ID of the run that trained the weights.
  package init(
    _ model: Model, optimizer: Optimizer?, compilation: CompileConfig?, state: StateContents?,
    runID: String?
  ) {
    let architecture = Architecture(model)
    self.init(
      model, optimizer: optimizer, compilation: compilation, state: state, runID: runID,
      architecture: (try? architecture?.translated(for: .wholeModel)) ?? architecture)
  }

  /// Creates the contents of a file of Keras from a model in memory.
  ///
  /// - Parameters:
  ///   - model: The model, built.
  ///   - optimizer: The optimizer, if its state is to be written.
  ///   - compilation: The compile config of the model.
  ///   - dialect: The dialect of Keras; `nil` leaves the model as it is.
  /// - Throws: ``CheckpointError/unsupportedModel(_:)`` if the dialect cannot describe the model.
  package init(
    _ model: Model, optimizer: Optimizer?, compilation: CompileConfig?, for dialect: KerasDialect?
  ) throws(CheckpointError) {
    guard let architecture = Architecture(model) else {
      throw .unsupportedModel(ModelContents.noGraph)
    }
    do throws(KerasError) {
      self.init(
        model, optimizer: optimizer, compilation: compilation, state: nil, runID: nil,
        architecture: try architecture.translated(for: dialect))
    } catch {
      throw .unsupportedModel("\(error)")
    }
  }
}

extension LayerContents {
  package init(_ layer: Layer) {
    name = layer.name
    className = layer.classNameInFiles
    variables = layer.weights.map(VariableContents.init)
    places = layer.weightPlaces(count: variables.count)
    layers = (layer as? Model)?.layersInOrder.map(LayerContents.init) ?? []
  }
}

extension VariableContents {
  package init(_ variable: Variable) {
    self.init(
      name: variable.name, shape: variable.shape, isTrainable: variable.isTrainable,
      isInteger: variable.isInteger, value: { variable.value })
  }
}
