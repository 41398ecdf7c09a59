import JSON
import NeuralNetwork
import Tensors
import Testing

/// Small descriptions of models that would need much memory or time.
@Suite("The budget of a model from a file")
struct ModelBudgetTests {
  private func layer(
    _ className: String, _ name: String, _ options: JSON.Object = [:], calls: [[String]] = []
  ) -> JSON {
    let nodes = calls.map { sources in
      let tensors = sources.map(tensor)
      return JSON.object([
        "args": .array([tensors.count == 1 ? tensors[0] : .array(tensors)]),
        "kwargs": .object([:]),
      ])
    }
    var config = options
    config["name"] = .string(name)
    return .object([
      "class_name": .string(className), "name": .string(name), "config": .object(config),
      "inbound_nodes": .array(nodes),
    ])
  }

  /// The result of a call, such as `dense 2`.
  private func tensor(_ source: String) -> JSON {
    let parts = source.split(separator: " ")
    let call = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let history: [JSON] = [.string(String(parts[0])), .integer(call), .integer(0)]
    return .object([
      "class_name": .string("__keras_tensor__"),
      "config": .object(["keras_history": .array(history)]),
    ])
  }

  private func functional(
    _ name: String, input: [Int], _ layers: [JSON], output: String, call: Int = 0
  ) -> JSON {
    let shape = JSON.array([.null] + input.map(JSON.integer))
    return .object([
      "class_name": .string("Functional"), "name": .string(name),
      "config": .object([
        "name": .string(name),
        "layers": .array([layer("InputLayer", "in", ["batch_shape": shape])] + layers),
        "input_layers": .array([.array([.string("in"), .integer(0), .integer(0)])]),
        "output_layers": .array([.array([.string(output), .integer(call), .integer(0)])]),
      ]),
    ])
  }

  private func sequential(input: [Int], _ layers: [JSON]) -> JSON {
    let shape = JSON.array([.null] + input.map(JSON.integer))
    return .object([
      "class_name": .string("Sequential"),
      "config": .object([
        "layers": .array([layer("InputLayer", "in", ["batch_shape": shape])] + layers)
      ]),
    ])
  }

  private func error(_ config: JSON) -> String {
    do {
      _ = try Architecture(kerasConfig: config)
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test("Models in models that call each other many times mean an exponential number of calls")
  func nested() {
    var model = functional(
      "m0", input: [4], [layer("Dense", "d", ["units": .integer(4)], calls: [["in"]])],
      output: "d")
    for depth in 1...12 {
      let name = "m\(depth - 1)"
      var inner = model.object ?? [:]
      inner["inbound_nodes"] =
        layer("", "", calls: (0..<10).map { [$0 == 0 ? "in" : "\(name) \($0 - 1)"] })[
          "inbound_nodes"]
      model = functional("m\(depth)", input: [4], [.object(inner)], output: name, call: 10)
    }
    #expect(
      error(model)
        == """
        The model's configuration cannot be used: with the layer 'm3' its layers are called on \
        16888 inputs, at most 16384 are supported
        """)
  }

  @Test("The inputs of all calls count, also of calls that no output needs")
  func calls() {
    let dense = layer("Dense", "d", ["units": .integer(4)], calls: [["in"]])
    let add = layer("Add", "a", calls: [Array(repeating: "d", count: 20_000)])
    #expect(
      error(functional("m", input: [4], [dense, add], output: "a"))
        == """
        The model's configuration cannot be used: with the layer 'a' its layers are called on \
        20001 inputs, at most 16384 are supported
        """)
    let shared = layer(
      "Dense", "d", ["units": .integer(4)],
      calls: (0..<20_000).map { [$0 == 0 ? "in" : "d \($0 - 1)"] })
    #expect(
      error(functional("m", input: [4], [shared], output: "d"))
        .contains("with the layer 'd' its layers are called on 16385 inputs"))
    let many = (0..<20_000).map { layer("Flatten", "f\($0)") }
    #expect(error(sequential(input: [4], many)).contains("it has 20001 layers, at most 16384"))
  }

  @Test("Names are limited: other formats repeat them, also as names in source code")
  func names() {
    let name = String(repeating: "n", count: 1 << 14 + 1)
    #expect(
      error(sequential(input: [4], [layer("Flatten", name)]))
        .contains("a name has 16385 bytes, at most 16384 are supported"))
    #expect(
      error(functional(name, input: [4], [layer("Flatten", "f", calls: [["in"]])], output: "f"))
        .contains("a name has 16385 bytes, at most 16384 are supported"))
    #expect(
      error(sequential(input: [4], [layer("Flatten", "a\0b")]))
        .contains("a name has a zero character"))
  }

  @Test("Results that are needed at the same time, all results and all multiplications are limited")
  func activations() {
    func upSampling(_ name: String, _ size: Int) -> JSON {
      layer("UpSampling2D", name, ["size": .integer(size)])
    }
    let pooled = layer("GlobalAveragePooling2D", "g")
    // 4 MiB, 16 MiB, 64 MiB, and both at the same time.
    #expect(error(sequential(input: [1, 1, 1], [upSampling("a", 4096), pooled])).isEmpty)
    #expect(
      error(
        sequential(input: [1, 1, 1], [upSampling("a", 4096), upSampling("b", 2), pooled]))
          == """
          The layer 'b' needs 83886081 numbers for a single example, at most 67108864 are supported
          """)
    var chain: [JSON] = []
    for index in 0..<20 {
      chain.append(upSampling("u\(index)", 4096))
      chain.append(layer("MaxPooling2D", "p\(index)", ["pool_size": .integer(4096)]))
    }
    #expect(
      error(sequential(input: [1, 1, 1], chain)).hasPrefix(
        "The layer 'u0' has the largest of the results of all layers, 335544340 numbers for"))
    let windows = layer(
      "AveragePooling2D", "w",
      ["pool_size": .integer(1000), "strides": .integer(1), "padding": .string("same")])
    #expect(
      error(sequential(input: [256, 256, 1], [upSampling("a", 4), windows, pooled])).hasPrefix(
        "The layer 'w' has the most of the multiplications of all layers, 16777216000000 for"))
    #expect(
      error(sequential(input: [32768, 32768, 1], [pooled])).hasPrefix(
        "The layer 'g' needs 1073741825 numbers for a single example"))
  }

  @Test("Costs: weights once, results and multiplications for each call, and the largest moment")
  func costs() throws {
    // [8, 8, 3] → Conv2D(16, 3): [6, 6, 16] → Flatten: [576] → Dense(10).
    let layers = [
      layer("Conv2D", "c", ["filters": .integer(16), "kernel_size": .integer(3)]),
      layer("Flatten", "f"), layer("Dense", "d", ["units": .integer(10)]),
    ]
    let chain = try Architecture(kerasConfig: sequential(input: [8, 8, 3], layers)).makeModel()
    let cost = try chain.cost(inputShapes: [[8, 8, 3]])
    let weights: [Double] = [3 * 3 * 3 * 16, 16, 576 * 10, 10]
    #expect(cost.weights == weights.reduce(0, +))
    // Ten units take as long as 16.
    let multiplications: [Double] = [36 * 27 * 16, 576 * 16]
    #expect(cost.multiplications == multiplications.reduce(0, +))
    // The image, and the features before and after they are flattened.
    #expect(cost.peak == 192 + 2 * 576)

    let shared = [
      layer("Dense", "d", ["units": .integer(16)], calls: [["in"], ["d 0"]]),
      layer("Add", "a", calls: [["d 0", "d 1"]]),
    ]
    let config = functional("m", input: [16], shared, output: "a")
    let twice = try Architecture(kerasConfig: config).makeModel().cost(inputShapes: [[16]])
    #expect(twice.weights == 16 * 17)
    #expect(twice.multiplications == 2 * 256)
    // The input, both results, and the sum with a copy.
    #expect(twice.peak == 5 * 16)
  }

  @Test("A model that needs too much is told from one with an invalid or an unsupported option")
  func kindsOfErrors() throws {
    func error(_ className: String, _ options: JSON.Object) throws -> KerasError {
      try #require(throws: KerasError.self) {
        try Architecture(
          kerasConfig: sequential(input: [8, 8, 1], [layer(className, "a", options)]))
      }
    }
    let sizes: [(String, JSON.Object)] = [
      ("Dense", ["units": .integer(1 << 62)]), ("Dense", ["units": .number(1e300)]),
      ("ZeroPadding2D", ["padding": .array([.integer(20_000), .integer(1)])]),
      ("Reshape", ["target_shape": .array([.integer(1 << 32), .integer(1 << 32)])]),
      ("Conv2D", ["filters": .integer(1), "kernel_size": .array([.integer(1_000_000_000)])]),
      ("MaxPooling2D", ["pool_size": .integer(1_000_000_000)]),
    ]
    for (className, options) in sizes {
      let found = try error(className, options)
      #expect(found.isExcessive && !found.isOfLibrary, "\(found)")
    }
    let invalid: [(String, JSON.Object)] = [
      ("Dense", ["units": .integer(-1)]), ("Dense", ["units": .string("28")]), ("Dense", [:]),
      ("Dropout", ["rate": .integer(2)]), ("MaxPooling2D", ["pool_size": .array([])]),
    ]
    for (className, options) in invalid {
      let found = try error(className, options)
      #expect(!found.isExcessive && !found.isOfLibrary, "\(found)")
    }
    let unsupported: [(String, JSON.Object)] = [
      ("Own", [:]),
      (
        "Conv2D",
        ["filters": .integer(1), "kernel_size": .integer(1), "padding": .string("causal")]
      ),
      ("Dense", ["units": .integer(1), "activation": .string("own")]),
    ]
    for (className, options) in unsupported {
      let found = try error(className, options)
      #expect(!found.isExcessive && found.isOfLibrary, "\(found)")
    }
    let twoInputs = functional("m", input: [4], [layer("InputLayer", "other")], output: "in")
    let found = try #require(throws: KerasError.self) { try Architecture(kerasConfig: twoInputs) }
    #expect(found == .malformed("its input layer 'other' is no input"))
  }

  @Test("Gradients take the results of all layers, the largest of them again, and the weights")
  func gradientMemory() throws {
    func model(_ count: Int) throws -> GraphModel {
      let layers = (0..<count).map { layer("UpSampling2D", "u\($0)", ["size": .integer(2)]) }
      return try Architecture(
        kerasConfig: sequential(
          input: [28, 28, 1],
          layers + [
            layer("GlobalAveragePooling2D", "g"), layer("Dense", "d", ["units": .integer(4)]),
          ])
      ).makeModel()
    }
    // 28 · 28 · (4 + 16 + … + 4096) results and 8 weights: more than any known model has.
    let large = try GradientMemory(of: try model(6), inputShapes: [[28, 28, 1]], copies: 4)
    let error = try #require(throws: GradientMemoryError.self) {
      try large.check(examples: 32, available: nil)
    }
    #expect(error.reason == .implausible && error.layer == "u5" && error.fitting == 8)
    #expect(
      "\(error)"
        == """
        The gradients of a batch of 32 examples would take 1013 MiB, most of it for the layer \
        'u5'; a model with so small an input and so few weights gets 256 MiB, enough for 8 at once
        """)
    try large.check(examples: 8, available: nil)
    let larger = try GradientMemory(of: try model(8), inputShapes: [[28, 28, 1]], copies: 4)
    #expect(throws: GradientMemoryError.self) { try larger.check(examples: 1, available: nil) }

    // What known models need is limited by the memory that is available only.
    let plausible = try GradientMemory(of: try model(4), inputShapes: [[28, 28, 1]], copies: 4)
    try plausible.check(examples: 4096, available: nil)
    let unavailable = try #require(throws: GradientMemoryError.self) {
      try plausible.check(examples: 32, available: 64 << 20)
    }
    #expect(unavailable.reason == .unavailable && unavailable.fitting < 32)
    try plausible.check(examples: unavailable.fitting, available: 64 << 20)
    #expect(throws: GradientMemoryError.self) {
      try plausible.check(examples: unavailable.fitting + 1, available: 64 << 20)
    }
    let wide = try Architecture(
      kerasConfig: sequential(
        input: [784], (0..<2).map { layer("Dense", "d\($0)", ["units": .integer(1 << 17)]) })
    ).makeModel()
    let weights = try GradientMemory(of: wide, inputShapes: [[784]], copies: 4)
    let tooMany = try #require(throws: GradientMemoryError.self) {
      try weights.check(examples: 32, available: 64 << 30)
    }
    #expect(tooMany.fitting == 0)
  }

  @Test("Weights larger than any memory are refused before a model is adapted to other classes")
  func weightsOfAdaptedModels() throws {
    let layers = (0..<64).map { layer("Dense", "d\($0)", ["units": .integer(1 << 17)]) }
    let architecture = try Architecture(kerasConfig: sequential(input: [784], layers))
    let error = try #require(throws: KerasError.self) { try architecture.withClasses(10) }
    guard case .excessive(let reason) = error else { throw error }
    #expect(reason.contains("its weights take 4063660 MiB, and"), "\(reason)")
  }

  @Test("An inner model that is called with too few inputs is refused")
  func missingInputs() throws {
    let other = layer("InputLayer", "other", ["batch_shape": .array([.null, .integer(4)])])
    let sum = layer("Add", "sum", calls: [["in", "other"]])
    var block = functional("block", input: [4], [other, sum], output: "sum").object ?? [:]
    var config = block["config"]?.object ?? [:]
    config["input_layers"] = .array(
      ["in", "other"].map { .array([.string($0), .integer(0), .integer(0)]) })
    block["config"] = .object(config)
    for (inputs, isRefused) in [(["in", "in"], false), (["in"], true)] {
      block["inbound_nodes"] = layer("", "", calls: [inputs])["inbound_nodes"]
      let model = functional("m", input: [4], [.object(block)], output: "block", call: 1)
      if isRefused {
        #expect(throws: KerasError.self) { try Architecture(kerasConfig: model) }
      } else {
        _ = try Architecture(kerasConfig: model)
      }
    }
  }
}
