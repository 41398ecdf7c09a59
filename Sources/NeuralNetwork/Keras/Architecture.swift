public import Tensors

/// What a model is made of, without its weights: a chain of layers and the shape of their input.
///
/// It is read from and written as the `model_config` of Keras, class `Sequential`.
public struct Architecture {
  /// What the model is called.
  public let name: String

  /// The shape of an input, without the batch axis.
  public let inputShape: Shape

  /// The layers, in the order in which they run.
  public let layers: [Layer]

  /// Describes a model; `nil` if it is not a chain, each layer taking just the output of the one
  /// before it.
  ///
  /// - Parameter model: A model that is built.
  public init?(_ model: Model) {
    guard let inputShape = model.inputShape, let layers = model.chain else { return nil }
    self.name = model.name
    self.inputShape = inputShape
    self.layers = layers
  }

  /// Reads a Keras configuration of a model, in the form of Keras 3 or of 2.
  ///
  /// - Parameter kerasConfig: `{"class_name": "Sequential", "config": …}`.
  /// - Throws: ``KerasError`` if anything in it is not supported or does not fit together.
  public init(kerasConfig: JSON) throws(KerasError) {
    let className = kerasConfig["class_name"]?.string ?? ""
    guard className == "Sequential" else { throw .unsupportedModel(className: className) }
    // Keras 2.0 to 2.2 wrote the layers without a name around them.
    let config = kerasConfig["config"]
    guard let entries = config?["layers"]?.array ?? config?.array else {
      throw .malformed("it has no list of layers")
    }

    var inputShape = kerasConfig["build_config"]?["input_shape"]
    var layers: [Layer] = []
    for entry in entries {
      guard let className = entry["class_name"]?.string, let config = entry["config"] else {
        throw .malformed("a layer has no class_name or no config")
      }
      if layers.isEmpty, let shape = config["batch_shape"] ?? config["batch_input_shape"] {
        inputShape = shape
      }
      if className == "InputLayer" { continue }
      layers.append(try LayerClasses.makeLayer(className, config: config))
    }
    guard !layers.isEmpty else { throw .malformed("it has no layers") }
    var names: Set<String> = []
    for name in layers.map(\.name) {
      // A name becomes the name of a group in a file.
      guard !name.isEmpty, name != ".", !name.contains("/") else {
        throw .malformed("'\(name)' cannot be the name of a layer")
      }
      guard names.insert(name).inserted else {
        throw .malformed("two layers have the name '\(name)'")
      }
    }

    self.name = config?["name"]?.string ?? "sequential"
    self.inputShape = try Architecture.shape(inputShape)
    self.layers = layers
    try checkWork()
  }

  /// Refuses a model that would fill the memory with what a single example needs.
  private func checkWork() throws(KerasError) {
    let limit = Double(1 << 27)
    var shape = inputShape
    for (layer, _, outputShape) in try weightSpecifications() {
      let count: Double
      do throws(ShapeError) {
        count = try layer.workingCount(inputShape: shape)
      } catch {
        throw .shape(error)
      }
      guard count <= limit else {
        throw .shape(
          ShapeError(layer, "needs more than \(Int(limit)) numbers for a single example"))
      }
      shape = outputShape
    }
  }

  /// The configuration as Keras writes it, with the keys that every version of Keras 3 accepts.
  public var kerasConfig: JSON {
    let input: JSON = .object([
      "class_name": .string("InputLayer"),
      "config": .object([
        // The older of the two names for the shape: Keras 3 and Keras 2 both read it.
        "batch_input_shape": .array([.null] + inputShape.map(JSON.integer)),
        "dtype": .string("float32"), "name": .string("input_layer"),
      ]),
    ])
    let layers = layers.map { layer in
      JSON.object([
        "class_name": .string(type(of: layer).className),
        "config": .object(layer.config.merging(["name": .string(layer.name)]) { $1 }),
      ])
    }
    return .object([
      "class_name": .string("Sequential"),
      "config": .object(["name": .string(name), "layers": .array([input] + layers)]),
    ])
  }

  /// The weights that each layer needs, found from the shapes alone, before anything is allocated.
  ///
  /// - Returns: For each layer its weights and the shape of its output, without the batch axis.
  /// - Throws: ``KerasError/shape(_:)`` if a layer cannot take the output of the one before it.
  public func weightSpecifications() throws(KerasError)
    -> [(layer: Layer, weights: [WeightSpecification], outputShape: Shape)]
  {
    var shape = inputShape
    var result: [(layer: Layer, weights: [WeightSpecification], outputShape: Shape)] = []
    do {
      for layer in layers {
        let weights = try layer.weightSpecifications(inputShape: shape)
        shape = try layer.outputShape(inputShape: shape)
        result.append((layer, weights, shape))
      }
    } catch {
      throw .shape(error)
    }
    return result
  }

  /// Reads `[null, 28, 28, 1]`.
  private static func shape(_ json: JSON?) throws(KerasError) -> Shape {
    guard let extents = json?.array?.dropFirst() else {
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
