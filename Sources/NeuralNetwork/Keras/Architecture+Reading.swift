package import Tensors

extension Architecture {
  /// How many layers a model from a file may have, and how deep models in models may go.
  enum Limit {
    static let calls = 1 << 14
    static let depth = 16
    static let numbersPerExample = Double(1 << 27)
  }

  /// Reads a Keras configuration of a model, in the form of Keras 3 or of 2.
  ///
  /// - Parameter kerasConfig: `{"class_name": "Sequential", "config": …}`.
  /// - Throws: ``KerasError`` if anything in it is not supported or does not fit together.
  public init(kerasConfig: JSON) throws(KerasError) {
    var reader = ModelReader()
    let model = try reader.readModel(kerasConfig)
    guard let inputShape = model.inputShape else {
      throw .malformed("it does not tell the shape of the input")
    }
    self.init(
      name: model.name, inputShape: inputShape, graph: model.graph,
      unsupportedInTraining: reader.unsupportedInTraining)
    try checkWork()
  }

  /// Refuses a model that would fill the memory with what a single example needs.
  private func checkWork() throws(KerasError) {
    for plan in try plan() where plan.workingCount > Limit.numbersPerExample {
      throw .shape(
        ShapeError(
          plan.layer,
          "needs more than \(Int(Limit.numbersPerExample)) numbers for a single example"))
    }
  }

  /// Finds what the layers need from the shapes alone, before anything is allocated.
  ///
  /// - Returns: The layers that are no models, in the order of the model's variables.
  /// - Throws: ``KerasError/shape(_:)`` if a layer cannot take its input.
  package func plan() throws(KerasError) -> [LayerPlan] {
    do throws(ShapeError) {
      return try makeModel().plan(inputShape: inputShape)
    } catch {
      throw .shape(error)
    }
  }
}

extension Architecture {
  /// Reads the shape of a model's input, whatever its layers are: the code that makes the model knows
  /// them, and the file need not.
  ///
  /// - Parameter kerasConfig: `{"class_name": "Sequential", "config": …}`.
  /// - Returns: The shape, without the batch axis.
  /// - Throws: ``KerasError`` if the configuration does not tell it.
  package static func inputShape(kerasConfig: JSON) throws(KerasError) -> Shape {
    let layers = (kerasConfig["config"]?["layers"] ?? kerasConfig["config"])?.array ?? []
    let first = layers.first { $0["class_name"]?.string == "InputLayer" } ?? layers.first
    let config = first?["config"]
    guard
      let shape = kerasConfig["build_config"]?["input_shape"] ?? config?["batch_shape"]
        ?? config?["batch_input_shape"]
    else { throw .malformed("it does not tell the shape of the input") }
    return try ModelReader.shape(shape)
  }

  /// Finds the shape of each layer's output.
  ///
  /// - Returns: For each layer the shape of its output, without the batch axis.
  /// - Throws: ``KerasError/shape(_:)`` if a layer cannot take its input.
  package func outputShapes() throws(KerasError) -> [(layer: Layer, outputShape: Shape)] {
    var shapes: [ObjectIdentifier: Shape] = [:]
    do throws(ShapeError) {
      try graph.forEachCall(inputShape: inputShape) { (call, inputs) throws(ShapeError) in
        shapes[ObjectIdentifier(call.layer)] = try call.layer.outputShape(inputShapes: inputs)
      }
    } catch {
      throw .shape(error)
    }
    return layers.map { ($0, shapes[ObjectIdentifier($0)] ?? []) }
  }
}

/// Reads the configurations of a model and of the models in it.
private struct ModelReader {
  /// A model without weights; the shape of the input may be known to its surroundings only.
  struct Description {
    var name: String
    var inputShape: Shape?
    var graph: Graph
  }

  private(set) var unsupportedInTraining: [String] = []
  private var depth = 0

  mutating func readModel(_ json: JSON) throws(KerasError) -> Description {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Architecture.Limit.depth else {
      throw .malformed("it has models in models, more than \(Architecture.Limit.depth) deep")
    }
    let className = json["class_name"]?.string ?? ""
    switch className {
    case "Sequential": return try readSequential(json)
    case "Functional", "Model": return try readFunctional(json)
    default: throw .unsupportedModel(className: className)
    }
  }

  private mutating func readSequential(_ json: JSON) throws(KerasError) -> Description {
    // Keras 2.0 to 2.2 wrote the layers without a name around them.
    let config = json["config"]
    guard let entries = config?["layers"]?.array ?? config?.array else {
      throw .malformed("it has no list of layers")
    }
    try checkCount(entries.count)

    var inputShape = json["build_config"]?["input_shape"]
    var layers: [Layer] = []
    for entry in entries {
      let (className, config) = try Self.parts(of: entry)
      if layers.isEmpty, let shape = config["batch_shape"] ?? config["batch_input_shape"] {
        inputShape = shape
      }
      if className == "InputLayer" { continue }
      layers.append(try readLayer(className, entry))
    }
    guard !layers.isEmpty else { throw .malformed("it has no layers") }
    try Self.checkNames(layers)
    return Description(
      name: config?["name"]?.string ?? "sequential",
      inputShape: try inputShape.map(Self.shape), graph: Graph(chain: layers))
  }

  private mutating func readFunctional(_ json: JSON) throws(KerasError) -> Description {
    guard let config = json["config"], let entries = config["layers"]?.array else {
      throw .malformed("it is a subclass of Model, of which a file holds no layers")
    }
    try checkCount(entries.count)
    var nodes = FunctionalNodes()
    var inputShapes: [String: JSON] = [:]
    var layers: [Layer] = []
    for entry in entries {
      let (className, layerConfig) = try Self.parts(of: entry)
      guard let name = entry["name"]?.string ?? layerConfig["name"]?.string else {
        throw .malformed("a layer has no name")
      }
      if className == "InputLayer" {
        inputShapes[name] = layerConfig["batch_shape"] ?? layerConfig["batch_input_shape"] ?? .null
      } else {
        let layer = try readLayer(className, entry)
        layers.append(layer)
        try nodes.add(layer, named: name, entry["inbound_nodes"]?.array ?? [])
      }
    }
    try Self.checkNames(layers)
    let graph = try nodes.graph(config: config, inputs: Set(inputShapes.keys))
    guard !graph.calls.isEmpty else { throw .malformed("it has no layers") }
    return Description(
      name: config["name"]?.string ?? "functional",
      inputShape: try inputShapes.values.first.map(Self.shape), graph: graph)
  }

  private mutating func readLayer(_ className: String, _ entry: JSON) throws(KerasError) -> Layer {
    let config = entry["config"] ?? .null
    let layer: Layer
    if ["Sequential", "Functional", "Model"].contains(className) {
      let model = try readModel(entry)
      let name = entry["name"]?.string ?? model.name
      layer = Architecture(name: name, inputShape: model.inputShape ?? [], graph: model.graph)
        .makeModel()
    } else {
      layer = try LayerClasses.makeLayer(
        className, registeredName: entry["registered_name"]?.string, config: config)
      for (key, value) in config.object ?? [:] where value != .null {
        if key.hasSuffix("_regularizer") || key.hasSuffix("_constraint") {
          unsupportedInTraining.append("\(layer.name): \(key)")
        }
      }
      notePrecision(config["dtype"])
    }
    if config["trainable"]?.bool == false { layer.isTrainable = false }
    return layer
  }

  /// Takes note of another precision than ours, once.
  private mutating func notePrecision(_ dtype: JSON?) {
    // Keras 3 writes a policy as an object.
    guard let name = (dtype?["config"]?["name"] ?? dtype)?.string, name != "float32" else { return }
    let note = "the precision \(name), everything is computed in 32 bits"
    if !unsupportedInTraining.contains(note) { unsupportedInTraining.append(note) }
  }

  private func checkCount(_ count: Int) throws(KerasError) {
    guard count <= Architecture.Limit.calls else {
      throw .malformed("it has \(count) layers, at most \(Architecture.Limit.calls) are supported")
    }
  }

  private static func parts(of entry: JSON) throws(KerasError) -> (className: String, config: JSON)
  {
    guard let className = entry["class_name"]?.string, let config = entry["config"] else {
      throw .malformed("a layer has no class_name or no config")
    }
    return (className, config)
  }

  /// A name becomes the name of a group in a file.
  private static func checkNames(_ layers: [Layer]) throws(KerasError) {
    var names: Set<String> = []
    for name in layers.map(\.name) {
      guard !name.isEmpty, name != ".", !name.contains("/") else {
        throw .malformed("'\(name)' cannot be the name of a layer")
      }
      guard names.insert(name).inserted else {
        throw .malformed("two layers have the name '\(name)'")
      }
    }
  }

  /// Reads `[null, 28, 28, 1]`.
  static func shape(_ json: JSON) throws(KerasError) -> Shape {
    guard let extents = json.array?.dropFirst() else {
      throw .malformed("it does not tell the shape of the input")
    }
    guard extents.count <= 3 else {
      throw .malformed("the input has \(extents.count) axes, at most 3 are supported")
    }
    var dimensions: [Int] = []
    for extent in extents {
      guard let extent = extent.integer, (1...ConfigReader.Limit.extent).contains(extent) else {
        throw .malformed("an extent of the input is not in 1...\(ConfigReader.Limit.extent)")
      }
      dimensions.append(extent)
    }
    return Shape(dimensions)
  }
}
