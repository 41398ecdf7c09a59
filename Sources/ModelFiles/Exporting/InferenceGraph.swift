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
    fileprivate(set) var layer: Layer
    /// The inputs: those of the model come first, and then the results of the calls.
    let inputs: [Int]
    /// The masks of the inputs, which are numbers in ``InferenceGraph/masks``; `nil` for none.
    let masks: [Int?]
    /// The extents of the masks, without the batch axis; `nil` for none.
    let maskExtents: [[Int]?]
    /// The shapes of the inputs, without the batch axis.
    fileprivate(set) var inputShapes: [Shape]
    /// The results, numbered as the inputs are.
    let outputs: [Int]
    /// The shapes of the results, without the batch axis.
    fileprivate(set) var outputShapes: [Shape]
    /// The mask that is computed from the inputs of the call and from their masks; `nil` for none.
    let newMask: Int?
    /// The calls for each step of a `TimeDistributed`.
    let inner: InferenceGraph?
    /// The variables of the layer, in Keras's order.
    let variables: [VariableContents]
    /// Whether the images of the call have one row, which is left out: those of a ``Spatial1D``.
    fileprivate(set) var isSequence = false

    /// The shape of the first result, without the batch axis.
    var outputShape: Shape { outputShapes[0] }
  }

  /// A value and its mask.
  private struct Operand {
    let value: Int
    let mask: Int?
  }

  /// The name of the model.
  let name: String

  /// The inputs of the model.
  let inputs: [(name: String, shape: Shape)]

  /// The calls, in topological order.
  private(set) var calls: [Call] = []

  /// The outputs, numbered as the inputs of calls are, with their names.
  private(set) var outputs: [(name: String, value: Int)] = []

  /// The names of the layers that were left out.
  private(set) var omitted: [String] = []

  /// The masks.
  private(set) var masks: [Mask] = []

  /// The shapes of all values, without the batch axis.
  private var shapes: [Shape]

  /// Finds the calls of a model.
  ///
  /// - Throws: ``CheckpointError/unsupportedModel(_:)`` if the model is not just a graph of layers.
  init(_ contents: ModelContents) throws(CheckpointError) {
    guard let architecture = contents.architecture else {
      throw .unsupportedModel(ModelContents.noGraph)
    }
    name = architecture.name
    inputs = architecture.inputs.map { ($0.name, $0.shape) }
    shapes = inputs.map(\.shape)
    do throws(ShapeError) {
      let results = try add(
        architecture.graph, contents.layers, prefix: "",
        inputs: inputs.indices.map { Operand(value: $0, mask: nil) })
      outputs = zip(architecture.graph.outputNames, results).map { ($0, $1.value) }
    } catch {
      throw .unsupportedModel("\(error)")
    }
  }

  /// Finds the calls for a step of a sequence.
  ///
  /// - Parameters:
  ///   - layer: The layer that is applied to each step, or a model.
  ///   - shape: The shape of a step.
  ///   - maskExtents: The extents of the mask of a step; `nil` for none.
  ///   - contents: The variables.
  ///   - prefix: The beginning of the names of calls.
  /// - Throws: ``ShapeError`` if the layer is not just a graph of layers.
  private init(
    _ layer: Layer, step shape: Shape, maskExtents: [Int]?, _ contents: LayerContents,
    prefix: String
  ) throws(ShapeError) {
    name = layer.name
    inputs = [("step", shape)]
    shapes = [shape]
    masks = maskExtents.map { [Mask(.input, extents: $0)] } ?? []
    let input = Operand(value: 0, mask: maskExtents == nil ? nil : 0)
    let results = try add(layer, contents, prefix: prefix, inputs: [input])
    outputs = [(layer.name, results[0].value)]
  }

  /// The shape of an input of the model or of the result of a call, without the batch axis.
  func shape(of value: Int) -> Shape { shapes[value] }

  /// The number of values: the inputs of the model and the results of all calls.
  var valueCount: Int { shapes.count }

  /// Whether the model has one input, one output, and each call takes only the result of the one
  /// before it.
  var isChain: Bool {
    inputs.count == 1 && outputs.map(\.value) == [calls.count]
      && calls.indices.allSatisfy { index in
        calls[index].inputs == [index] && calls[index].outputs.count == 1
          && calls[index].inner?.isChain != false
      }
  }

  /// Adds the calls of a graph.
  ///
  /// - Returns: The outputs of the graph.
  private mutating func add(
    _ graph: Graph, _ layers: [LayerContents], prefix: String, inputs: [Operand]
  ) throws(ShapeError) -> [Operand] {
    let contents = Dictionary(layers.map { ($0.name, $0) }) { first, _ in first }
    var results: [[Operand]] = []
    func operand(_ source: Graph.Source) -> Operand {
      switch source {
      case .input(let index): inputs[index]
      case .call(let index, let output): results[index][output]
      }
    }
    for call in graph.calls {
      if call.isTrainingObeyed, call.training == true {
        throw ShapeError(
          call.layer, "is called with training=True, which only Keras files can hold")
      }
      results.append(
        try add(
          call.layer, contents[call.layer.name], prefix: prefix, inputs: call.inputs.map(operand)))
    }
    return graph.outputs.map(operand)
  }

  /// Adds the call of a layer, or the calls of a model.
  ///
  /// - Returns: The outputs of the layer.
  private mutating func add(
    _ layer: Layer, _ contents: LayerContents?, prefix: String, inputs: [Operand]
  ) throws(ShapeError) -> [Operand] {
    let name = prefix + layer.name
    if let graph = (layer as? GraphModel)?.graph {
      return try add(graph, contents?.layers ?? [], prefix: "\(name)/", inputs: inputs)
    }
    let mask = add(layer, inputs)
    if layer.actsOnlyInTraining {
      if !omitted.contains(name) { omitted.append(name) }
      return [Operand(value: inputs[0].value, mask: mask.number)]
    }
    let (inputShapes, inputMasks) = (inputs.map { shapes[$0.value] }, inputs.map(\.mask))
    var inner: InferenceGraph?
    if let layer = layer as? TimeDistributed {
      let extents = inputMasks[0].map { Array(masks[$0].extents.dropFirst()) }
      inner = try InferenceGraph(
        layer.layer, step: Shape(inputShapes[0].dropFirst()),
        maskExtents: extents?.isEmpty == false ? extents : nil,
        LayerContents(inner: layer, contents?.variables ?? []), prefix: "\(name)/")
      omitted += (inner?.omitted ?? []).filter { !omitted.contains($0) }
    }
    if layer.usesMasks || inner?.masks.first?.isUsed == true {
      for mask in inputMasks { use(mask) }
    }
    let outputShapes = try layer.outputShapes(inputShapes: inputShapes)
    let outputs = Array(shapes.count..<shapes.count + outputShapes.count)
    shapes += outputShapes
    calls.append(
      Call(
        name: name, layer: layer, inputs: inputs.map(\.value), masks: inputMasks,
        maskExtents: inputMasks.map { mask in mask.map { masks[$0].extents } },
        inputShapes: inputShapes, outputs: outputs, outputShapes: outputShapes,
        newMask: mask.isNew ? mask.number : nil, inner: inner,
        variables: contents?.variables ?? []))
    return outputs.enumerated().map { index, value in
      Operand(value: value, mask: index < layer.sequenceOutputCount ? mask.number : nil)
    }
  }

  /// Adds the mask of a call's outputs, if it is none of the masks of its inputs.
  ///
  /// - Returns: The number of the mask, `nil` for none, and whether it was added.
  private mutating func add(
    _ layer: Layer, _ inputs: [Operand]
  ) -> (number: Int?, isNew: Bool) {
    let (shapes, given) = (inputs.map { self.shapes[$0.value] }, inputs.map(\.mask))
    let extents = given.map { $0.map { masks[$0].extents } }
    let rule = layer.maskRule(
      maskRanks: extents.map { $0?.count }, inputRank: shapes[0].count)
    let new: Mask
    switch rule {
    case .none: return (nil, false)
    case .passed(let input): return (given[input], false)
    case .made:
      let own = shapes[0].dimensions
      new = Mask(.made, extents: layer is Masking ? own.dropLast() : own)
    case .anyInput:
      new = Mask(.anyOf(given.compactMap { $0 }), extents: Mask.common(extents.compactMap { $0 }))
    case .joined:
      let counts = shapes.map { $0[0] }
      let rest = extents.lazy.compactMap { $0 }.first?.dropFirst() ?? []
      new = Mask(
        .joined(zip(given, counts).map { ($0, steps: $1) }),
        extents: [counts.reduce(0, +)] + rest)
    case .anyInStep:
      guard let mask = given[0] else { return (nil, false) }
      new = Mask(.anyInStep(of: mask), extents: [masks[mask].extents[0]])
    }
    masks.append(new)
    return (masks.count - 1, true)
  }

  /// Notes that a call needs a mask, and with it the masks that it is computed from.
  private mutating func use(_ mask: Int?) {
    guard let mask, !masks[mask].isUsed else { return }
    masks[mask].isUsed = true
    for source in masks[mask].sources { use(source) }
  }
}

extension InferenceGraph.Call {
  /// The call of the 2D counterpart, with sequences as images of one row.
  func planar(_ layer: Spatial1D) -> Self {
    func image(_ shape: Shape) -> Shape { shape.count == 2 ? Shape([1] + shape) : shape }
    var call = self
    call.layer = layer.planar
    call.inputShapes = inputShapes.map(image)
    call.outputShapes = outputShapes.map(image)
    call.isSequence = true
    return call
  }

  /// The variable of a name; `nil` if the layer has none.
  func value(_ name: String) throws(CheckpointError) -> Tensor? {
    try variables.first { $0.name == name }?.value()
  }

  /// The values of the variable of a name; `nil` if the layer has none.
  func values(_ name: String) throws(CheckpointError) -> [Float]? {
    try value(name)?.scalars
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
