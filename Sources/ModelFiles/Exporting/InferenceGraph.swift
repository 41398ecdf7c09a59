import NeuralNetwork
import Tensors

/// The calls of layers that a prediction takes, those of inner models included.
///
/// Layers that act only in training, such as dropout, are left out.
struct InferenceGraph {
  /// A call of a layer.
  struct Call {
    /// The name of the layer, after those of the models that contain it: `encoder/dense`.
    let name: String
    let layer: Layer
    /// The inputs: those of the model come first, and then the results of the calls.
    let inputs: [Int]
    /// The shapes of the inputs, without the batch axis.
    let inputShapes: [Shape]
    /// The shape of the output, without the batch axis.
    let outputShape: Shape
    /// The variables of the layer, in Keras's order.
    let variables: [VariableContents]
    /// Whether the images of the call have one row, which is left out: those of a ``Spatial1D``.
    var isSequence = false
  }

  /// The name of the model.
  let name: String

  /// The inputs of the model.
  let inputs: [ModelInput]

  /// The calls, in topological order.
  private(set) var calls: [Call] = []

  /// The outputs, numbered as the inputs of calls are, with their names.
  private(set) var outputs: [(name: String, value: Int)] = []

  /// The names of the layers that were left out.
  private(set) var omitted: [String] = []

  /// Finds the calls of a model.
  ///
  /// - Throws: ``CheckpointError/unsupportedModel(_:)`` if the model is not just a graph of layers.
  init(_ contents: ModelContents) throws(CheckpointError) {
    guard let architecture = contents.architecture else {
      throw .unsupportedModel(ModelContents.noGraph)
    }
    name = architecture.name
    inputs = architecture.inputs
    do throws(ShapeError) {
      let values = try add(
        architecture.graph, contents.layers, prefix: "", inputs: Array(inputs.indices))
      outputs = zip(architecture.graph.outputNames, values).map { ($0, $1) }
    } catch {
      throw .unsupportedModel("\(error)")
    }
  }

  /// The number of the result of a call.
  func result(of call: Int) -> Int { inputs.count + call }

  /// The shape of an input of the model or of the result of a call, without the batch axis.
  func shape(of value: Int) -> Shape {
    inputs.indices.contains(value)
      ? inputs[value].shape : calls[value - inputs.count].outputShape
  }

  /// Whether the model has one input, one output, and each call takes only the result of the one
  /// before it.
  var isChain: Bool {
    inputs.count == 1 && calls.indices.allSatisfy { calls[$0].inputs == [$0] }
      && outputs.map(\.value) == [calls.count]
  }

  /// Whether a call makes a mask.
  private var hasMasks = false

  /// Adds the calls of a graph.
  ///
  /// - Returns: The outputs of the graph.
  private mutating func add(
    _ graph: Graph, _ layers: [LayerContents], prefix: String, inputs: [Int]
  ) throws(ShapeError) -> [Int] {
    let contents = Dictionary(layers.map { ($0.name, $0) }) { first, _ in first }
    var results: [[Int]] = []
    func value(of source: Graph.Source) -> Int {
      switch source {
      case .input(let index): inputs[index]
      case .call(let index, let output): results[index][output]
      }
    }
    for call in graph.calls {
      let (layer, inputs) = (call.layer, call.inputs.map(value))
      let name = prefix + layer.name
      if call.isTrainingObeyed, call.training == true {
        throw ShapeError(layer, "is called with training=True, which only Keras files can hold")
      }
      if let model = layer as? GraphModel, let inner = model.graph {
        results.append(
          try add(
            inner, contents[layer.name]?.layers ?? [], prefix: "\(name)/", inputs: inputs))
        continue
      }
      if layer.actsOnlyInTraining {
        if !omitted.contains(name) { omitted.append(name) }
        results.append([inputs[0]])
        continue
      }
      if layer.makesMask { hasMasks = true }
      if hasMasks, layer is GlobalAveragePooling1D {
        throw ShapeError(layer, "averages the steps of a mask, which only Keras files can hold")
      }
      if layer is Softmax, inputs.count > 1 {
        throw ShapeError(layer, "takes a mask as an input, which only Keras files can hold")
      }
      let shapes = inputs.map(shape)
      calls.append(
        Call(
          name: name, layer: layer, inputs: inputs, inputShapes: shapes,
          outputShape: try layer.outputShape(inputShapes: shapes),
          variables: contents[layer.name]?.variables ?? []))
      results.append([result(of: calls.count - 1)])
    }
    return graph.outputs.map(value)
  }
}

extension InferenceGraph.Call {
  /// The call of the 2D counterpart, with sequences as images of one row.
  func planar(_ layer: Spatial1D) -> Self {
    func image(_ shape: Shape) -> Shape { shape.count == 2 ? Shape([1] + shape) : shape }
    return Self(
      name: name, layer: layer.planar, inputs: inputs, inputShapes: inputShapes.map(image),
      outputShape: image(outputShape), variables: variables, isSequence: true)
  }

  /// The values of the variable of a name; `nil` if the layer has none.
  func values(_ name: String) throws(CheckpointError) -> [Float]? {
    guard let variable = variables.first(where: { $0.name == name }) else { return nil }
    return try variable.value().scalars
  }

  /// The error of a layer that a form of files cannot hold.
  func refused(_ form: String, _ problem: String = "") -> CheckpointError {
    .unsupportedModel(
      "the layer '\(name)' (\(type(of: layer).className))\(problem.isEmpty ? "" : " \(problem)") "
        + "cannot be written as \(form)")
  }
}

extension Layer {
  /// Whether the layer returns its input in predictions.
  fileprivate var actsOnlyInTraining: Bool {
    let moves = self is Flatten || self is Reshape || self is Permute
    return keepsElements && !moves && !(self is Masking)
  }
}

extension ModelContents {
  /// What forms lose that hold weights and the layers' computations alone.
  var lostInExports: [String] {
    var lost: [String] = []
    if optimizer != nil { lost.append("the state of the optimizer") }
    if state != nil { lost.append("the state of the run, so training cannot be resumed from it") }
    return lost
  }

  /// Layers that forms without training leave out.
  var layersLostInExports: [String] {
    guard let omitted = try? InferenceGraph(self).omitted, !omitted.isEmpty else { return [] }
    return ["the layers that act only in training: \(omitted.joined(separator: ", "))"]
  }
}
