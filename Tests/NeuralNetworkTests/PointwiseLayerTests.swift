import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// Layers without windows, and activations, against numbers that Keras computed.
@Suite("Pointwise layers like Keras's")
struct PointwiseLayerTests {
  @Test("Literals mean one tensor, and a computed scale one number")
  func literals() {
    #expect(Rescaling(1 / 255).scale == .scalar(1.0 / 255))
    #expect(Rescaling(-1 / 4.0, offset: [1, 2]).offset == .list([1, 2]))
    #expect(Rescaling(2).scale == .scalar(2))
    #expect(Rescaling([2, 3]).scale == .list([2, 3]))
    #expect(Rescaling(2)([[3]]).shape == [1, 1])
    let x: Tensor = [[3]]
    #expect(Add()([x, x]).scalars == [6])
  }

  /// The file of numbers, read once.
  static let file: JSON =
    (try? JSON(
      parsing: String(decoding: readBytes(fixture("pointwise.json")), as: UTF8.self))) ?? .null

  static let cases: [String] = (file["layers"]?.array ?? []).compactMap { $0["name"]?.string }

  private func golden(_ name: String) throws -> JSON {
    try #require(Self.file["layers"]?.array?.first { $0["name"]?.string == name })
  }

  private func tensor(_ json: JSON?) throws -> Tensor {
    if let name = json?.string { return try tensor(try #require(Self.file["shared"]?[name])) }
    let shape = try #require(json?["shape"]?.array).compactMap(\.integer)
    let values = try #require(json?["values"]?.array).compactMap(\.number).map { Float($0) }
    return Tensor(values, shape: Shape(shape))
  }

  private func tensors(_ json: JSON?) throws -> [Tensor] {
    try #require(json?.array).map { try tensor($0) }
  }

  @Test("There are cases of every class and for every activation")
  func fixtureIsComplete() {
    let classes = Set((Self.file["layers"]?.array ?? []).compactMap { $0["class_name"]?.string })
    #expect(classes.count == 23)
    // With the three aliases; `threshold` is none.
    #expect(ActivationFunction.allCases.count == 30)
    #expect(Self.cases.count { $0.hasPrefix("activation_") } == 31)
  }

  /// Whether numbers agree, each by itself: a large one beside it must not hide an error.
  private func expectEqual(
    _ actual: Tensor?, _ expected: Tensor, within tolerance: Float, _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let actual = try #require(actual, "\(what)", sourceLocation: sourceLocation)
    #expect(actual.shape == expected.shape, "\(what)", sourceLocation: sourceLocation)
    for (index, (a, e)) in zip(actual.scalars, expected.scalars).enumerated() {
      #expect(
        abs(a - e) <= tolerance * max(abs(e), 0.1), "\(what), element \(index): \(a), not \(e)",
        sourceLocation: sourceLocation)
    }
  }

  @Test("Output, gradients and moving averages agree with Keras", arguments: cases)
  func layer(name: String) throws {
    let golden = try golden(name)
    let layer = try makeLayer(golden)
    let steps = try #require(golden["steps"]?.array)
    let training = golden["training"] == .bool(true)
    let shapes = try tensors(steps[0]["inputs"]).map { Shape($0.shape.dropFirst()) }
    layer.build(inputShape: shapes[0])
    let weights = try tensors(golden["weights"])
    #expect(layer.weights.map(\.shape) == weights.map(\.shape))
    #expect(
      layer.weights.map { JSON.string($0.name) } == golden["weight_names"]?.array ?? [])
    #expect(layer.weights.map { JSON.bool($0.isTrainable) } == golden["trainable"]?.array ?? [])
    #expect(layer.weights.allSatisfy { $0.isInteger == ($0.name == "count") })
    for (variable, value) in zip(layer.weights, weights) { variable.value = value }

    let tolerance: Float = name.hasPrefix("batch_normalization") ? 5e-5 : 1e-5
    for (index, step) in steps.enumerated() {
      let inputs = try tensors(step["inputs"]).map { Variable($0, name: "input") }
      let cotangent = try tensor(step["cotangent"])
      let (y, product) = withGradientTape {
        let values = inputs.map(\.value)
        let y =
          values.count == 1
          ? layer(values[0], training: training) : layer(values, training: training)
        return (y, (y * cotangent).sum())
      }
      #expect(try layer.outputShape(inputShapes: shapes) == Shape(y.shape.dropFirst()))
      try expectEqual(
        y, try tensor(step["output"]), within: tolerance, "step \(index), output")
      let gradients = product.gradients()
      for (input, expected) in zip(inputs, try tensors(step["input_gradients"])) {
        try expectEqual(
          gradients[input], expected, within: tolerance, "step \(index), gradient of an input")
      }
      let trained = layer.weights.filter(\.isTrainable)
      let expectedGradients = try tensors(step["weight_gradients"])
      #expect(trained.count == expectedGradients.count)
      for (variable, expected) in zip(trained, expectedGradients) {
        try expectEqual(
          gradients[variable], expected, within: tolerance, "step \(index), \(variable.name)")
      }
      guard training else { continue }
      for (variable, expected) in zip(layer.weights, try tensors(step["weights"])) {
        try expectEqual(
          variable.value, expected, within: 1e-6, "step \(index), new \(variable.name)")
      }
    }
  }

  @Test("Options are read from Keras, and written as Keras needs them", arguments: cases)
  func options(name: String) throws {
    let golden = try golden(name)
    let layer = try makeLayer(golden)
    let written = try #require(golden["written"]?.object)
    #expect(Set(layer.config.keys) == Set(written.keys))
    for (key, value) in layer.config {
      #expect(
        canonical(value) == canonical(written[key]),
        "\(key): \(value), not \(written[key] ?? .null)")
    }
    // And once more: what is written is read as the same.
    let again = try makeLayer(
      .object(["class_name": golden["class_name"] ?? .null, "config": .object(layer.config)]))
    #expect(again.config == layer.config)
  }

  /// The same text for what Keras means to be the same: 1 and 1.0, one axis and a list of it, no
  /// axis and `null`, an alias and its function.
  private func canonical(_ json: JSON?) -> String {
    switch json {
    case .array(let values) where values.count == 1: canonical(values[0])
    case .array([]), .null, nil: "null"
    case .array(let values): "\(values.map(canonical))"
    case .integer(let value): "\(Double(value))"
    case .number(let value): "\(value)"
    case .object(let members) where members["class_name"] == .string("__numpy__"):
      canonical(members["config"]?["value"])
    case .some(let other): other.text
    }
  }

  private func makeLayer(_ golden: JSON) throws -> Layer {
    let layer = try Layer.make(
      className: try #require(golden["class_name"]?.string), config: golden["config"] ?? .null)
    layer.isTrainable = golden["config"]?["trainable"]?.bool ?? true
    return layer
  }

  @Test("The mean and variance of an adapted Normalization layer agree with Keras")
  func adaptations() throws {
    let adaptations = try #require(Self.file["adaptations"]?.array)
    #expect(adaptations.count == 3)
    for golden in adaptations {
      let layer = try #require(
        try makeLayer(
          .object(["class_name": .string("Normalization"), "config": golden["config"] ?? .null]))
          as? Normalization)
      layer.adapt(try tensor(golden["data"]))
      for (variable, expected) in zip(layer.weights, try tensors(golden["weights"])) {
        try expectEqual(variable.value, expected, within: 1e-6, variable.name)
      }
    }
  }

  private func error(_ className: String, _ config: String, inputs: Shape...) -> String? {
    do {
      let layer = try Layer.make(className: className, config: JSON(parsing: config))
      for input in inputs { _ = try layer.weightSpecifications(inputShape: input) }
      if !inputs.isEmpty { _ = try layer.outputShape(inputShapes: inputs) }
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test("Invalid options are refused with a sentence")
  func refusedOptions() {
    func option(_ className: String, _ config: String) -> String? {
      error(className, config).map { text in
        String(text.drop { $0 != "'" }.dropFirst().prefix { $0 != "'" })
      }
    }
    for (className, config, key) in [
      ("BatchNormalization", #"{"momentum": 1.5}"#, "momentum"),
      ("BatchNormalization", #"{"epsilon": -1}"#, "epsilon"),
      ("BatchNormalization", #"{"epsilon": 1e300}"#, "epsilon"),
      ("BatchNormalization", #"{"axis": [1, 2]}"#, "axis"),
      ("BatchNormalization", #"{"axis": 9}"#, "axis"),
      ("BatchNormalization", #"{"renorm": true}"#, "renorm"),
      ("LayerNormalization", #"{"rms_scaling": true}"#, "rms_scaling"),
      ("LayerNormalization", #"{"axis": []}"#, "axis"),
      ("LayerNormalization", #"{"epsilon": "small"}"#, "epsilon"),
      ("Normalization", #"{"mean": [1, 2], "variance": [1]}"#, "variance"),
      ("Normalization", #"{"mean": 1}"#, "variance"),
      ("Normalization", #"{"variance": 1}"#, "mean"),
      ("Normalization", #"{"mean": 1, "variance": -1}"#, "variance"),
      ("Normalization", #"{"mean": [[1]], "variance": [[1]]}"#, "mean"),
      ("Rescaling", "{}", "scale"),
      ("Rescaling", #"{"scale": []}"#, "scale"),
      ("Rescaling", #"{"scale": 1e39}"#, "scale"),
      ("Rescaling", #"{"scale": {"class_name": "__lambda__"}}"#, "scale"),
      ("Reshape", "{}", "target_shape"),
      ("Reshape", #"{"target_shape": [-1, -1]}"#, "target_shape"),
      ("Reshape", #"{"target_shape": [0]}"#, "target_shape"),
      ("Reshape", #"{"target_shape": [1, 1, 1, 1, 1, 1, 1, 1, 1]}"#, "target_shape"),
      ("Reshape", #"{"target_shape": [1e30]}"#, "target_shape"),
      ("Permute", "{}", "dims"),
      ("Permute", #"{"dims": [1, 1]}"#, "dims"),
      ("Permute", #"{"dims": [0, 1]}"#, "dims"),
      ("Permute", #"{"dims": [2, 3]}"#, "dims"),
      ("ReLU", #"{"max_value": -1}"#, "max_value"),
      ("ReLU", #"{"threshold": []}"#, "threshold"),
      ("LeakyReLU", #"{"negative_slope": -0.1}"#, "negative_slope"),
      ("LeakyReLU", #"{"alpha": -0.1}"#, "alpha"),
      ("PReLU", #"{"shared_axes": [-1]}"#, "shared_axes"),
      ("ELU", #"{"alpha": "x"}"#, "alpha"),
      ("Softmax", #"{"axis": []}"#, "axis"),
      ("Concatenate", #"{"axis": "last"}"#, "axis"),
      ("Activation", #"{"activation": "threshold"}"#, "activation"),
      ("Activation", #"{"activation": "rely"}"#, "activation"),
      ("Activation", #"{"activation": {"class_name": "LeakyReLU", "config": {}}}"#, "activation"),
      ("Dense", #"{"units": 3, "activation": "glu"}"#, "activation"),
      (
        "Conv2D", #"{"filters": 2, "kernel_size": 1, "activation": "glu"}"#, "activation"
      ),
    ] {
      #expect(option(className, config) == key, "\(className) \(config)")
    }
    #expect(
      error("Activation", #"{"activation": "threshold", "name": "a"}"#)
        == "The option 'activation' of the layer 'a' is 'threshold', which needs parameters that "
        + "the "
        + "file does not contain (Keras cannot load it either)")
  }

  @Test("Shapes that do not fit are refused with a sentence")
  func refusedShapes() {
    for (className, config, inputs) in [
      ("BatchNormalization", "{}", [[]]),
      ("BatchNormalization", #"{"axis": 4}"#, [[4, 4, 2]]),
      ("LayerNormalization", "{}", [[]]),
      ("LayerNormalization", #"{"axis": [0, 1]}"#, [[4]]),
      ("LayerNormalization", #"{"axis": [1, 4]}"#, [[4, 4, 2]]),
      ("LayerNormalization", #"{"axis": [-1, 2]}"#, [[4, 2]]),
      ("GroupNormalization", #"{"groups": 3}"#, [[4]]),
      ("GroupNormalization", #"{"groups": 2, "axis": 3}"#, [[2, 2]]),
      ("GroupNormalization", "{}", [[]]),
      ("UnitNormalization", #"{"axis": [1, 1]}"#, [[2, 2]]),
      ("UnitNormalization", #"{"axis": 0}"#, [[2]]),
      ("Normalization", #"{"axis": 0}"#, [[3]]),
      ("Normalization", #"{"axis": [1, -1]}"#, [[3]]),
      ("Normalization", #"{"mean": [1, 2], "variance": [1, 1]}"#, [[3]]),
      ("Rescaling", #"{"scale": [1, 2]}"#, [[3]]),
      ("Rescaling", #"{"scale": 1, "offset": [1, 2]}"#, [[2, 1]]),
      ("Reshape", #"{"target_shape": [5]}"#, [[2, 3]]),
      ("Reshape", #"{"target_shape": [-1, 4]}"#, [[2, 3]]),
      (
        "Reshape", #"{"target_shape": [-1, 134217728, 134217728, 134217728]}"#, [[2, 3]]
      ),
      ("Permute", #"{"dims": [2, 1]}"#, [[2, 3, 4]]),
      ("PReLU", #"{"shared_axes": [3]}"#, [[2, 3]]),
      ("Softmax", #"{"axis": 0}"#, [[2, 3]]),
      ("Softmax", #"{"axis": [1, 1]}"#, [[2, 3]]),
      ("Softmax", #"{"axis": 3}"#, [[2, 3]]),
      ("Activation", #"{"activation": "glu"}"#, [[2, 3]]),
      ("Add", "{}", [[2, 3], [2, 2]]),
      ("Subtract", "{}", [[2], [2], [2]]),
      ("Multiply", "{}", [[1 << 26, 1], [1, 1 << 26]]),
      ("Concatenate", "{}", [[2, 3], [3, 3]]),
      ("Concatenate", "{}", [[2, 3], [3]]),
      ("Concatenate", #"{"axis": 0}"#, [[2, 3], [2, 3]]),
      ("Concatenate", #"{"axis": 3}"#, [[2, 3], [2, 3]]),
      ("Concatenate", "{}", [[1 << 26], [1 << 26], [1]]),
    ] as [(String, String, [Shape])] {
      let layer = try? Layer.make(className: className, config: JSON(parsing: config))
      #expect(throws: ShapeError.self, "\(className) \(config) \(inputs)") {
        let layer = try #require(layer)
        if inputs.count == 1 { _ = try layer.weightSpecifications(inputShape: inputs[0]) }
        _ = try layer.outputShape(inputShapes: inputs)
      }
    }
  }

  @Test(
    "An activation is read in every form that Keras has written",
    arguments: [
      (#""relu""#, ActivationFunction.relu), ("null", .linear), (#""swish""#, .silu),
      (
        #"{"module": "builtins", "class_name": "function", "config": "hard_swish", "#
          + #""registered_name": "function"}"#,
        .hardSilu
      ),
      (#"{"class_name": "relu6", "config": {}}"#, .relu6),
      (
        #"{"module": "keras.layers", "class_name": "LeakyReLU", "#
          + #""config": {"negative_slope": 0.2}}"#,
        .leakyReLU
      ),
      (#"{"class_name": "ReLU", "config": {"name": "r", "max_value": 6.0}}"#, .relu6),
      (#"{"class_name": "ReLU", "config": {}}"#, .relu),
      (#"{"class_name": "ELU", "config": {"alpha": 1.0}}"#, .elu),
      (#"{"class_name": "Softmax", "config": {"axis": -1}}"#, .softmax),
      (#"{"class_name": "Activation", "config": {"activation": "gelu"}}"#, .gelu),
    ])
  func activationForms(text: String, function: ActivationFunction) throws {
    let layer = try Layer.make(
      className: "Activation", config: JSON(parsing: #"{"name": "a", "activation": \#(text)}"#))
    #expect((layer as? Activation)?.activation == function)
  }

  @Test("Training changes the moving averages, and a frozen layer uses them")
  func frozen() {
    let x = Tensor([1, 2, 3, 5], shape: [2, 2])
    let layer = BatchNormalization(momentum: 0.5)
    let y = layer(x, training: true)
    #expect(layer.movingMean.value.scalars == [1, 1.75])
    #expect(layer.movingVariance.value.scalars == [1, 1.625])
    #expect(layer(x) != y)
    #expect(layer.movingMean.value.scalars == [1, 1.75])
    layer.isTrainable = false
    #expect(layer(x, training: true) == layer(x))
    #expect(layer.movingMean.value.scalars == [1, 1.75])
    #expect(layer.trainableVariables.isEmpty)
  }
}
