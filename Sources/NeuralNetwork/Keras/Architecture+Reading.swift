public import JSON
public import Tensors

extension Architecture {
  /// Reads the Keras config of a model, written by Keras 3 or Keras 2.
  ///
  /// - Parameters:
  ///   - kerasConfig: `{"class_name": "Sequential", "config": …}`.
  ///   - kerasVersion: The version of Keras that wrote the config, such as `2.15.0`; `nil` for
  ///     Keras 3.
  ///   - inputShape: The shape of the only input, without the batch axis; `nil` means that of the
  ///     config.
  /// - Throws: ``KerasError`` if the config is invalid, inconsistent or not supported.
  public init(
    kerasConfig: JSON, kerasVersion: String? = nil, inputShape: Shape? = nil
  ) throws(KerasError) {
    let generation = KerasGeneration(version: kerasVersion, kerasConfig: kerasConfig)
    var reader = ModelReader(generation: generation)
    let model = try reader.readModel(
      generation == .keras1 ? try Keras1Config.translated(kerasConfig) : kerasConfig)
    try reader.checkLambdas()
    guard
      let shapes = inputShape.map({ [BatchShape(extents: Array($0))] }) ?? model.batchShapes
    else {
      throw .malformed("it does not tell the shape of the input")
    }
    guard shapes.count == model.graph.inputNames.count else {
      throw .unsupportedForm(
        "it has the inputs \(model.graph.inputNames.shortQuotedList), but one is wanted")
    }
    self.init(
      name: model.name, inputShapes: try Self.inputShapes(shapes.map(\.extents), model.graph),
      batchShapes: shapes, graph: model.graph, isFunctional: model.isFunctional,
      notes: reader.notes)
    try checkMasks()
    do throws(ShapeError) {
      for plan in try makeModel().checkBudget(inputShapes: inputShapes) {
        let undefined = plan.layer.undefinedRegularizers(
          weights: plan.weights, outputShape: plan.outputShape)
        guard !undefined.isEmpty else { continue }
        notes.append(.notApplied(layer: plan.layer.name, options: undefined.sorted()))
      }
    } catch {
      throw .shape(error)
    }
  }

  /// Finds input shapes that the layers support, for extents that the file leaves open.
  private static func inputShapes(
    _ extents: [[Int?]], _ graph: Graph
  ) throws(KerasError) -> [Shape] {
    guard extents.contains(where: { $0.contains(nil) }) else {
      return extents.map { Shape($0.compactMap { $0 }) }
    }
    var failure: ShapeError?
    var plans: [[[WeightSpecification]]] = []
    var found: [Shape]?
    // Common image sizes; a second valid size shows whether the weights depend on the size.
    for size in [28, 32, 64, 96, 128, 224, 256, 299, 331, 512] where plans.count < 2 {
      let shapes = extents.map { Shape($0.map { $0 ?? size }) }
      let model = Architecture(name: "", inputShapes: shapes, graph: graph).makeModel()
      do throws(ShapeError) {
        plans.append(try model.plan(inputShapes: shapes).map(\.weights))
        found = found ?? shapes
      } catch {
        failure = failure ?? error
      }
    }
    guard let found else {
      throw failure.map { .shape($0) } ?? .malformed("it does not tell the shape of the input")
    }
    let shapes = plans.map { $0.map { $0.map(\.shape) } }
    guard shapes.allSatisfy({ $0 == shapes[0] }) else {
      throw .unsupportedForm(
        "it leaves the size of the input open, which decides the shapes of weights")
    }
    return found
  }

  /// Throws if a mask gets to a layer that would use or drop it, other than here.
  private func checkMasks() throws(KerasError) {
    var masked: [Layer] = []
    _ = graph.findMasked(inputs: inputs.map { _ in false }, &masked)
    for layer in masked {
      // Keras's Lambda drops masks, and Rescaling passes them on.
      if layer.lambdaRescaling != nil {
        throw .lambda(layer: layer.name, problem: "gets a mask")
      }
      // A mask [batch, steps] does not fit an input [batch, steps, features].
      if layer is Softmax {
        throw .unsupportedForm("the layer '\(layer.name)' gets a mask, which is not supported")
      }
    }
  }

  /// Plans the weights and shapes of the layers without allocating anything.
  ///
  /// - Returns: The layers that are no models, in the order of the model's variables.
  /// - Throws: ``KerasError/shape(_:)`` if a layer does not support its input shape.
  package func plan() throws(KerasError) -> [LayerPlan] {
    do throws(ShapeError) {
      return try makeModel().plan(inputShapes: inputShapes)
    } catch {
      throw .shape(error)
    }
  }
}

extension GraphModel {
  /// Checks that a built model can be called with an input of another shape than it was built for.
  ///
  /// - Parameter inputShape: The shape of the only input, without the batch axis.
  /// - Throws: ``ShapeError`` if a layer does not support the shape or needs other weights for it,
  ///   or the model needs more than the ``ModelBudget`` of models in files.
  package final func checkInput(shape inputShape: Shape) throws(ShapeError) {
    for layer in try checkBudget(inputShapes: [inputShape])
    where layer.layer.weights.map(\.shape) != layer.weights.map(\.shape) {
      throw ShapeError(layer.layer, "has weights for another size of the input")
    }
  }

  /// Checks what the model needs for one example.
  ///
  /// - Parameter inputShapes: The shapes of the inputs, without the batch axis.
  /// - Returns: The layers as in ``plan(inputShapes:)``.
  /// - Throws: ``ShapeError`` if a layer does not support its input shape, or the model needs more
  ///   than the ``ModelBudget`` of models in files.
  @discardableResult
  fileprivate final func checkBudget(inputShapes: [Shape]) throws(ShapeError) -> [LayerPlan] {
    var budget = ModelBudget(inputShapes: inputShapes)
    let plan = try plan(inputShapes: inputShapes, counting: &budget).layers
    try budget.check()
    return plan
  }
}

extension Architecture {
  /// Reads the input shapes of a model, even if its layers are not supported, for models created
  /// by code.
  ///
  /// - Parameter kerasConfig: `{"class_name": "Sequential", "config": …}`.
  /// - Returns: The shapes, without the batch axis.
  /// - Throws: ``KerasError`` if the config does not contain them.
  package static func inputShapes(kerasConfig: JSON) throws(KerasError) -> [Shape] {
    let config = kerasConfig["config"]
    let layers = (config?["layers"] ?? config)?.array ?? []
    var shapes: [JSON] = []
    if let ends = config?["input_layers"] {
      let names = try FunctionalNodes.ends(in: ends, named: "input_layers").map(\.layer)
      shapes = names.compactMap { name in
        layers.first { ($0["name"] ?? $0["config"]?["name"])?.string == name }.flatMap(shape)
      }
    } else if let shape = kerasConfig["build_config"]?["input_shape"]
      ?? (layers.first { $0["class_name"]?.string == "InputLayer" } ?? layers.first).flatMap(shape)
    {
      shapes = [shape]
    }
    guard !shapes.isEmpty else { throw .malformed("it does not tell the shape of the input") }
    var known: [Shape] = []
    for shape in shapes {
      let extents = try ModelReader.batchShape(shape).extents
      guard !extents.contains(nil) else {
        throw .malformed("it leaves the size of the input open")
      }
      known.append(Shape(extents.compactMap { $0 }))
    }
    return known
  }

  /// The shape in the entry of a layer.
  private static func shape(_ layer: JSON) -> JSON? {
    layer["config"]?["batch_shape"] ?? layer["config"]?["batch_input_shape"]
  }

  /// Computes the shape of each layer's first output.
  ///
  /// - Returns: The output extents of each layer, without the batch axis; `nil` for extents that
  ///   depend on those that the file leaves open.
  /// - Throws: ``KerasError/shape(_:)`` if a layer does not support its input shape.
  public func outputShapes() throws(KerasError) -> [(layer: Layer, outputShape: [Int?])] {
    let shapes = try outputShapes(of: inputShapes)
    var others = shapes
    if inputs.contains(where: { $0.extents.contains(nil) }) {
      // Extents that change with a larger input are open.
      let larger = inputs.map { Shape(zip($0.extents, $0.shape).map { $0 ?? 2 * $1 }) }
      others = (try? outputShapes(of: larger)) ?? shapes
    }
    return layers.map { layer in
      let id = ObjectIdentifier(layer)
      let pairs = zip(shapes[id] ?? [], others[id] ?? [])
      return (layer, pairs.map { $0 == $1 ? $0 : nil })
    }
  }

  private func outputShapes(
    of inputShapes: [Shape]
  ) throws(KerasError) -> [ObjectIdentifier: Shape] {
    var shapes: [ObjectIdentifier: Shape] = [:]
    do throws(ShapeError) {
      try graph.forEachCall(inputShapes: inputShapes) { (call, inputs) throws(ShapeError) in
        shapes[ObjectIdentifier(call.layer)] = try call.layer.outputShapes(inputShapes: inputs)[0]
      }
    } catch {
      throw .shape(error)
    }
    return shapes
  }
}

/// A reader of the config of a model and its inner models.
private struct ModelReader {
  /// A model without weights; the input shape may be known only from the outer model.
  struct Description {
    var name: String
    var batchShapes: [BatchShape]?
    var graph: Graph
    var isFunctional = false
    /// The inputs of all calls, including those of models in the model.
    var callCount = 0
  }

  /// The Keras generation that wrote the file.
  let generation: KerasGeneration

  private(set) var notes: [ArchitectureNote] = []
  private var depth = 0
  private var budget = ModelBudget()
  /// What is not supported in the model that is being read.
  private var missing: [KerasError] = []
  /// The first layer in place of a `Lambda`, and the type of an input of whole numbers.
  private var lambda: Rescaling?
  private var wholeNumbers: String?
  /// ``Description/callCount`` of the models in the file.
  private var callCounts: [ObjectIdentifier: Int] = [:]

  init(generation: KerasGeneration) { self.generation = generation }

  mutating func readModel(_ json: JSON) throws(KerasError) -> Description {
    let outer = missing
    missing = []
    depth += 1
    defer {
      depth -= 1
      missing = outer
    }
    guard depth <= ModelBudget.Limit.depth else {
      throw .excessive("it has models in models, more than \(ModelBudget.Limit.depth) deep")
    }
    let className = json["class_name"]?.string ?? ""
    // A class of another module is another class.
    guard json["module"]?.string?.isModuleOfKeras ?? true else {
      throw .unsupportedModel(className: className)
    }
    var description: Description
    switch className {
    case "Sequential": description = try readSequential(json)
    case "Functional", "Model": description = try readFunctional(json)
    default: throw .unsupportedModel(className: className)
    }
    try Self.check(description.name)
    // Every term is at most the limit, so that the sum cannot overflow.
    for call in description.graph.calls {
      description.callCount += call.inputs.count
      description.callCount += callCounts[ObjectIdentifier(call.layer), default: 0]
      try ModelBudget.check(calls: description.callCount, call.layer.name)
    }
    return description
  }

  private mutating func readSequential(_ json: JSON) throws(KerasError) -> Description {
    // Keras 2.0 to 2.2 wrote a plain list of layers.
    let config = json["config"]
    guard let entries = config?["layers"]?.array ?? config?.array else {
      throw .malformed("it has no list of layers")
    }
    try budget.add(layers: entries.count)

    // The first layer with an input shape decides; later layers may have been created for other
    // inputs.
    var inputShape: JSON?
    var layers: [Layer] = []
    for entry in entries {
      let (className, config) = try Self.parts(of: entry)
      if layers.isEmpty, inputShape == nil {
        noteType(of: config)
        inputShape = config["batch_shape"] ?? config["batch_input_shape"]
      }
      if className == "InputLayer" { continue }
      try collecting { (reader) throws(KerasError) in
        layers.append(try reader.readLayer(className, entry))
      }
    }
    try throwMissing()
    guard !layers.isEmpty else { throw .malformed("it has no layers") }
    if let layer = layers.dropLast().first(where: { $0.outputCount > 1 }) {
      throw .malformed(
        "the layer '\(layer.name)' has \(layer.outputCount) outputs, but the layer after it in the "
          + "Sequential model takes one")
    }
    try Self.checkNames(layers)
    inputShape =
      inputShape ?? json["build_config"]?["input_shape"] ?? config?["build_input_shape"]
    return Description(
      name: config?["name"]?.string ?? "sequential",
      batchShapes: try inputShape.map { json throws(KerasError) in [try Self.batchShape(json)] },
      graph: Graph(chain: layers).inChannelsLast())
  }

  private mutating func readFunctional(_ json: JSON) throws(KerasError) -> Description {
    guard let config = json["config"], let entries = config["layers"]?.array else {
      throw .malformed("it is a subclass of Model, of which a file holds no layers")
    }
    try budget.add(layers: entries.count)
    var nodes = FunctionalNodes()
    var inputShapes: JSON.Object = [:]
    var layers: [Layer] = []
    for entry in entries {
      let (className, layerConfig) = try Self.parts(of: entry)
      guard let name = entry["name"]?.string ?? layerConfig["name"]?.string else {
        throw .malformed("a layer has no name")
      }
      try nodes.add(name: name)
      if let operation = MaskOperation(entry) {
        nodes.add(operation, named: name)
      } else if className == "InputLayer" {
        noteType(of: layerConfig)
        inputShapes[name] = layerConfig["batch_shape"] ?? layerConfig["batch_input_shape"] ?? .null
      } else {
        try collecting { (reader) throws(KerasError) in
          if let operation = try TensorOperation(entry, named: name) {
            layers.append(operation.layer)
            try nodes.add(operation.layer, named: name, [operation.call], &reader.budget)
          } else {
            let layer = try reader.readLayer(className, entry)
            layers.append(layer)
            try nodes.add(layer, named: name, entry["inbound_nodes"]?.array ?? [], &reader.budget)
          }
        }
      }
    }
    try throwMissing()
    try Self.checkNames(layers)
    let graph = try nodes.graph(config: config, inputs: Set(inputShapes.keys))
    guard !graph.calls.isEmpty else { throw .malformed("it has no layers") }
    for name in graph.inputNames + (graph.ownOutputNames ?? []) { try Self.check(name) }
    if generation == .keras3 {
      notes += graph.attentionWithSharedMasks.map { .keptMask(layer: $0.name) }
    }
    var shapes: [BatchShape] = []
    for input in try FunctionalNodes.ends(in: config["input_layers"], named: "input_layers") {
      shapes.append(
        try Self.batchShape(inputShapes[input.layer] ?? .null, of: "the input '\(input.layer)'"))
    }
    return Description(
      name: config["name"]?.string ?? "functional", batchShapes: shapes,
      graph: graph.inChannelsLast(), isFunctional: true)
  }

  /// Reads a part of the model; what is not supported in it is kept, so that an error can name all
  /// of it at once.
  private mutating func collecting(
    _ read: (inout Self) throws(KerasError) -> Void
  ) throws(KerasError) {
    do throws(KerasError) {
      try read(&self)
    } catch {
      guard error.isOfLibrary else { throw error }
      missing += error.parts
    }
  }

  /// Throws if something in the model is not supported.
  private func throwMissing() throws(KerasError) {
    guard let first = missing.first else { return }
    throw missing.count == 1 ? first : .several(missing)
  }

  private mutating func readLayer(_ className: String, _ entry: JSON) throws(KerasError) -> Layer {
    let config = entry["config"] ?? .null
    let layer: Layer
    if className == TimeDistributed.className, let inner = config["layer"], Self.isModel(inner) {
      layer = try readTimeDistributed(entry, inner)
    } else if Self.isModel(entry) {
      let model = try readModel(entry)
      let name = entry["name"]?.string ?? model.name
      layer = Architecture(
        name: name,
        inputShapes: (model.batchShapes ?? []).map { Shape($0.extents.map { $0 ?? 1 }) },
        batchShapes: model.batchShapes, graph: model.graph, isFunctional: model.isFunctional
      ).makeModel()
      callCounts[ObjectIdentifier(layer)] = model.callCount
    } else {
      let unknown: [String]
      (layer, unknown) = try Layer.make(
        className: className, registeredName: entry["registered_name"]?.string,
        module: entry["module"]?.string, config: config, generation: generation)
      note(layer, unknown)
      // That of numbers of ranges is an integer.
      if !(layer is Discretization) { notePrecision(config["dtype"]) }
    }
    if config["trainable"]?.truth == false { layer.isTrainable = false }
    return layer
  }

  private static func isModel(_ entry: JSON) -> Bool {
    ["Sequential", "Functional", "Model"].contains(entry["class_name"]?.string)
  }

  /// Reads a layer that applies a model to each step.
  private mutating func readTimeDistributed(
    _ entry: JSON, _ inner: JSON
  ) throws(KerasError) -> Layer {
    let config = entry["config"] ?? .null
    let name = config["name"]?.string ?? TimeDistributed.className.snakeCased
    guard entry["module"]?.string?.isModuleOfKeras ?? true else {
      throw .unsupportedLayer(className: TimeDistributed.className, name: name)
    }
    let reader = OptionReader(layer: name, config: config, generation: generation)
    reader.ignore("layer")
    let model = try readLayer(inner["class_name"]?.string ?? "", inner)
    guard TimeDistributed.supports(model) else {
      throw reader.problem("layer", "has several inputs or outputs, which is not supported")
    }
    let layer = TimeDistributed(model, name: name)
    layer.penalizesAsKeras2 = generation != .keras3
    callCounts[ObjectIdentifier(layer)] = callCounts[ObjectIdentifier(model)]
    note(layer, reader.unknown.map(\.key))
    return layer
  }

  /// Throws if a layer in place of a `Lambda` could compute something else than the function.
  func checkLambdas() throws(KerasError) {
    guard let lambda else { return }
    if let wholeNumbers {
      throw .lambda(
        layer: lambda.name, problem: "may get whole numbers, of the type \(wholeNumbers)")
    }
  }

  /// Records the type of an input if it is not one of floating-point numbers.
  private mutating func noteType(of config: JSON) {
    guard let type = (config["dtype"] ?? config["input_dtype"])?.string else { return }
    let isFloat = ["float", "mixed_", "bfloat"].contains { type.hasPrefix($0) }
    if !isFloat { wholeNumbers = wholeNumbers ?? type }
  }

  /// Records the options of a layer that are not applied.
  private mutating func note(_ layer: Layer, _ unknown: [String]) {
    if !unknown.isEmpty { notes.append(.unknownOptions(layer: layer.name, options: unknown)) }
    let kept = layer.keptWeightOptions.map(\.options) + [layer.keptOptions]
    let missed = Set(kept.flatMap { $0.filter(\.value.isMissedInTraining).keys })
    if !missed.isEmpty { notes.append(.notApplied(layer: layer.name, options: missed.sorted())) }
    if let rescaling = layer.lambdaRescaling, let function = rescaling.lambda {
      lambda = lambda ?? rescaling
      notes.append(.lambda(layer: layer.name, function: function.text))
    }
    if generation != .keras3, layer is TimeDistributed, layer.hasBatchStatistics {
      notes.append(.stepStatistics(layer: layer.name))
    }
    if layer.isChannelsFirst { notes.append(.channelsLast(layer: layer.name)) }
    if let gap = layer.trainingGap { notes.append(.notTrainable(layer: layer.name, gap: gap)) }
  }

  /// Records a precision other than float32, once.
  private mutating func notePrecision(_ dtype: JSON?) {
    // Keras 3 writes a dtype policy as an object.
    guard let name = (dtype?["config"]?["name"] ?? dtype)?.string, name != "float32" else { return }
    if !notes.contains(.precision(name)) { notes.append(.precision(name)) }
  }

  private static func parts(of entry: JSON) throws(KerasError) -> (className: String, config: JSON)
  {
    guard let className = entry["class_name"]?.string, let config = entry["config"] else {
      throw .malformed("a layer has no class_name or no config")
    }
    return (className, config)
  }

  /// A name becomes a group path in files; tf_keras writes nested groups for slashes.
  private static func checkNames(_ layers: [Layer]) throws(KerasError) {
    var names: Set<String> = []
    for name in layers.map(\.name) {
      try check(name)
      let parts = name.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
        throw .malformed("'\(name)' cannot be the name of a layer")
      }
      guard names.insert(name).inserted else {
        throw .malformed("two layers have the name '\(name)'")
      }
    }
  }

  private static func check(_ name: String) throws(KerasError) {
    guard !name.utf8.contains(0) else { throw .malformed("a name has a zero character") }
    guard name.utf8.count <= ModelBudget.Limit.nameBytes else {
      throw .excessive(
        "a name has \(name.utf8.count) bytes, at most \(ModelBudget.Limit.nameBytes) are supported")
    }
  }

  /// Reads a shape such as `[null, 28, 28, 1]`; extents other than the batch may be open too.
  static func batchShape(
    _ json: JSON, of input: String = "the input"
  ) throws(KerasError) -> BatchShape {
    guard let axes = json.withoutNumPy.array else {
      throw .malformed("it does not tell the shape of \(input)")
    }
    let extents = axes.dropFirst()
    guard extents.count <= 5 else {
      throw .unsupportedForm("\(input) has \(extents.count) axes, at most 5 are supported")
    }
    let range = 1...OptionReader.Limit.extent
    for extent in extents where extent != .null && !(extent.integer.map(range.contains) ?? false) {
      let problem = "an extent of \(input) is \(extent.excerpt), not in \(range)"
      throw extent.number ?? 0 > Double(range.upperBound)
        ? .excessive(problem) : .malformed(problem)
    }
    return BatchShape(
      batchSize: axes.first?.integer.flatMap { range.contains($0) ? $0 : nil },
      extents: extents.map(\.integer))
  }
}
