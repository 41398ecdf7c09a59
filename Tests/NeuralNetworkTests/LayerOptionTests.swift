import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("Options of layers in files")
struct LayerOptionTests {
  /// What a Keras writes for a layer with its defaults.
  struct Entry: Sendable, CustomTestStringConvertible {
    let keras: String
    let className: String
    let config: JSON.Object

    var testDescription: String { "\(className) of \(keras)" }
    var version: String { keras == "keras2" ? "2.21.0" : "3.15.1" }
  }

  static let entries: [Entry] = {
    guard let file = try? jsonFixture("options.json") else { return [] }
    return ["keras2", "keras3"].flatMap { keras in
      (file[keras]?.array ?? []).map {
        Entry(
          keras: keras, className: $0["class_name"]?.string ?? "",
          config: $0["config"]?.object ?? [:])
      }
    }
  }()

  private func architecture(
    _ className: String, _ config: JSON.Object, version: String? = nil
  ) throws(KerasError) -> Architecture {
    try Architecture(
      kerasConfig: .object([
        "class_name": .string("Sequential"),
        "config": .object([
          "layers": .array([
            .object([
              "class_name": .string("InputLayer"),
              "config": .object(["batch_shape": .extents(inputExtents(of: className))]),
            ]), .object(["class_name": .string(className), "config": .object(config)]),
          ])
        ]),
      ]), kerasVersion: version)
  }

  /// A model that calls a layer of several inputs on the same one.
  private func attention(
    _ className: String, _ config: JSON.Object, version: String
  ) throws(KerasError) -> Architecture {
    let x: JSON = .object([
      "class_name": .string("__keras_tensor__"),
      "config": .object(["keras_history": .array([.string("x"), .integer(0), .integer(0)])]),
    ])
    func layer(
      _ className: String, _ name: String, _ config: JSON.Object, inputs: [JSON]
    ) -> JSON {
      .object([
        "class_name": .string(className), "name": .string(name), "config": .object(config),
        "inbound_nodes": .array(
          inputs.isEmpty ? [] : [.object(["args": .array(inputs), "kwargs": .object([:])])]),
      ])
    }
    let inputs = className == "MultiHeadAttention" ? [x, x] : [.array([x, x])]
    return try Architecture(
      kerasConfig: .object([
        "class_name": .string("Functional"),
        "config": .object([
          "layers": .array([
            layer("InputLayer", "x", ["batch_shape": .extents([nil, 4, 3])], inputs: []),
            layer(className, className.lowercased(), config, inputs: inputs),
          ]), "input_layers": .array([.string("x"), .integer(0), .integer(0)]),
          "output_layers": .array([
            .string(className.lowercased()), .integer(0), .integer(0),
          ]),
        ]),
      ]), kerasVersion: version)
  }

  /// The model of an entry, with other options.
  private func architecture(
    of entry: Entry, _ config: JSON.Object
  ) throws(KerasError) -> Architecture {
    entry.className.hasSuffix("Attention")
      ? try attention(entry.className, config, version: entry.version)
      : try architecture(entry.className, config, version: entry.version)
  }

  /// The options of the last layer as a file for a Keras has them.
  private func written(_ architecture: Architecture, _ dialect: KerasDialect) -> JSON.Object {
    architecture.kerasConfig(dialect)["config"]?["layers"]?.array?.last?["config"]?.object ?? [:]
  }

  /// The options that change nothing here, whatever they are.
  private func withoutEffect(_ className: String) -> Set<String> {
    let common: Set = ["name", "trainable", "dtype"]
    return switch className {
    case "BatchNormalization":
      common.union(["fused", "synchronized", "renorm_clipping", "renorm_momentum"])
    case "AdditiveAttention", "Attention": common.union(["seed"])
    case "Discretization": common.union(["epsilon", "num_bins"])
    case "EinsumDense": common.union(["gptq_unpacked_column_size"])
    case "Embedding": common.union(["batch_input_shape", "input_length"])
    case "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "GRU", "LSTM", "SimpleRNN":
      common.union(["implementation", "seed", "unit_forget_bias", "unroll", "use_cudnn"])
    case "MultiHeadAttention":
      common.union([
        "key_shape", "query_shape", "seed", "softmax_robust_masking", "value_shape",
      ])
    case "DepthwiseConv1D", "DepthwiseConv2D":
      common.union([
        "filters", "groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint",
      ])
    case "SeparableConv1D", "SeparableConv2D":
      common.union(["groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"])
    case "SpatialDropout1D", "SpatialDropout2D": common.union(["noise_shape"])
    default: common
    }
  }

  @Test("There are entries of both")
  func isComplete() {
    #expect(Self.entries.count { $0.keras == "keras2" } >= 60)
    #expect(Self.entries.count { $0.keras == "keras3" } >= 69)
  }

  @Test(
    "Every option that Keras writes is used, refused, or kept",
    // Two inputs: Subtract has no options, and those of Dot are in DotTests.
    arguments: entries.filter { !["Dot", "Subtract"].contains($0.className) })
  func everyOption(entry: Entry) throws {
    let architecture = try architecture(of: entry, entry.config)
    #expect(
      !architecture.notes.contains {
        if case .unknownOptions = $0 { true } else { false }
      }, "\(architecture.notes)")
    let withoutEffect = withoutEffect(entry.className)
    for key in entry.config.keys.sorted() where !withoutEffect.contains(key) {
      var config = entry.config
      config[key] = .string("no such value")
      guard let other = try? self.architecture(of: entry, config) else { continue }
      let kept = [KerasDialect.archive, .keras2].contains {
        written(other, $0)[key] == config[key]
      }
      #expect(kept, "\(key) is neither refused nor kept")
    }
  }

  @Test("An unknown option is named, unless it is null")
  func unknownOptions() throws {
    let options: JSON.Object = ["rate": .number(0.5), "new": .integer(1), "newer": .null]
    let notes = try architecture("Dropout", options).notes
    #expect(notes == [.unknownOptions(layer: "dropout", options: ["new"])])
    #expect(notes[0].isLost)
    #expect(
      notes[0].description == "new of the layer 'dropout', which is unknown and ignored")
  }

  @Test("Numbers that stand for booleans are read, and others are refused")
  func booleans() throws {
    let one = try architecture(
      "BatchNormalization", ["scale": .integer(1), "center": .integer(0), "renorm": .integer(0)])
    let layer = try #require(one.layers[0] as? BatchNormalization)
    #expect(layer.scale && !layer.center)
    #expect(throws: KerasError.self) {
      try architecture("BatchNormalization", ["scale": .integer(2)])
    }
    #expect(throws: KerasError.self) {
      try architecture("BatchNormalization", ["renorm": .integer(1)])
    }
    let frozen = try architecture("Dense", ["units": .integer(2), "trainable": .integer(0)])
    #expect(!frozen.layers[0].isTrainable)
  }

  @Test("Initializers, regularizers and constraints come back in the form of each Keras")
  func kept() throws {
    let regularizer: JSON = .object([
      "module": .string("keras.regularizers"), "class_name": .string("L1L2"),
      "config": .object(["l1": .number(0.01), "l2": .number(0.02)]), "registered_name": .null,
    ])
    let initializer: JSON = .object([
      "class_name": .string("HeNormal"),
      "config": .object(["seed": .integer(3), "dtype": .string("float32"), "input_axes": .null]),
    ])
    let architecture = try architecture(
      "Dense",
      [
        "units": .integer(2), "kernel_regularizer": regularizer, "kernel_initializer": initializer,
        "bias_initializer": .string("zeros"), "bias_constraint": .string("non_neg"),
      ])
    #expect(architecture.notes == [])

    let archive = written(architecture, .archive)
    #expect(archive["kernel_regularizer"] == regularizer)
    #expect(archive["bias_constraint"] == .string("non_neg"))
    #expect(archive["bias_initializer"] == nil)
    let expected: JSON = .object([
      "class_name": .string("HeNormal"), "config": .object(["seed": .integer(3)]),
    ])
    #expect(written(architecture, .keras2)["kernel_initializer"] == expected)
    #expect(written(architecture, .wholeModel)["kernel_initializer"] == expected)
    #expect(archive["kernel_initializer"]?["module"] == .string("keras.initializers"))
    // What is written is read, and written, the same way.
    for dialect in [KerasDialect.archive, .keras2, .wholeModel] {
      let json = architecture.kerasConfig(dialect)
      #expect(try Architecture(kerasConfig: json).kerasConfig(dialect) == json)
    }
  }

  @Test("The first layer that tells its input decides, an open size is found, and stays open")
  func inputs() throws {
    func sequential(_ layers: String) throws -> Architecture {
      try Architecture(
        kerasConfig: JSON(parsing: #"{"class_name": "Sequential", "config": [\#(layers)]}"#))
    }
    let flatten = #"{"class_name": "Flatten", "config": {"batch_input_shape": [null, 7, 7, 7]}}"#
    let input = #"{"class_name": "InputLayer", "config": {"batch_input_shape": [null, 4, 4, 2]}}"#
    #expect(try sequential("\(input), \(flatten)").inputShape == [4, 4, 2])

    let open = #"{"class_name": "InputLayer", "config": {"batch_shape": [null, null, null, 1]}}"#
    let convolution = """
      {"class_name": "Conv2D", "config": {"filters": 2, "kernel_size": 31, "name": "c"}}
      """
    let pooling = #"{"class_name": "GlobalMaxPooling2D", "config": {}}"#
    let dense = #"{"class_name": "Dense", "config": {"units": 3}}"#
    let architecture = try sequential("\(open), \(convolution), \(pooling), \(dense)")
    #expect(architecture.inputShape == [32, 32, 1])
    #expect(architecture.inputExtents == [nil, nil, 1])
    #expect(
      try architecture.outputShapes().map(\.outputShape) == [[nil, nil, 2], [2], [3]])
    let config = architecture.kerasConfig(.archive)
    #expect(config["build_config"]?["input_shape"] == .extents([nil, nil, nil, 1]))
    let model = architecture.makeModel()
    model.build(inputShape: [32, 32, 1])
    #expect(Architecture(model)?.kerasConfig(.archive) == config)
    #expect(model(Tensor(zeros: [2, 40, 35, 1])).shape == [2, 3])

    #expect(throws: KerasError.self) { try sequential("\(open), \(flatten), \(dense)") }
  }

  @Test("A layer called with `training` obeys it in files of tf_keras, and keeps it in both forms")
  func trainingArgument() throws {
    let json = try JSON(
      parsing: """
        {"class_name": "Functional", "config": {"name": "f", "layers": [
        {"class_name": "InputLayer", "name": "x", "inbound_nodes": [],
         "config": {"batch_input_shape": [null, 2], "name": "x"}},
        {"class_name": "BatchNormalization", "name": "b", "config": {"name": "b"},
         "inbound_nodes": [[["x", 0, 0, {"training": false}]]]},
        {"class_name": "BatchNormalization", "name": "c", "config": {"name": "c"},
         "inbound_nodes": [[["b", 0, 0, {}]]]}],
        "input_layers": [["x", 0, 0]], "output_layers": [["c", 0, 0]]}}
        """)
    let architecture = try Architecture(kerasConfig: json, kerasVersion: "2.15.0")
    let nodes = { (json: JSON) in
      json["config"]?["layers"]?.array?.map { $0["inbound_nodes"]?.array?.first }
    }
    let old = architecture.kerasConfig(.keras2)
    #expect(
      nodes(old)?[1]?.array?[0].array?[3] == .object(["training": .bool(false)]))
    #expect(nodes(old)?[2]?.array?[0].array?[3] == .object([:]))
    let new = architecture.kerasConfig(.archive)
    #expect(nodes(new)?[1]?["kwargs"] == .object(["training": .bool(false)]))
    #expect(
      architecture.lost(in: .archive) == [
        "training=False of a call of the layer 'b', which Keras 3 overrides in fit"
      ])
    for json in [old, new] {
      let architecture = try Architecture(kerasConfig: json)
      let model = architecture.makeModel()
      model.build(inputShape: [2])
      _ = model(Tensor([1, 2, 3, 5], shape: [2, 2]), training: true)
      let layers = model.layers.compactMap { $0 as? BatchNormalization }
      // In Keras 3 the model decides.
      #expect((layers[0].movingMean.value.scalars == [0, 0]) == (json == old))
    }
    let other = json.text.replacing("\"training\":false", with: "\"mask\":1")
    #expect(throws: KerasError.self) { try Architecture(kerasConfig: JSON(parsing: other)) }
  }

  @Test("hard_sigmoid has the meaning of the Keras that wrote the file")
  func hardSigmoid() throws {
    let x = Tensor([-4, -2.75, -1, 0, 0.5, 2.75, 4], shape: [1, 7])
    func output(_ version: String?, _ activation: String = "hard_sigmoid") throws -> [Float] {
      let layer = try architecture(
        "Activation", ["activation": .string(activation)], version: version
      )
      .layers[0]
      return layer(x).scalars
    }
    let old = x.scalars.map { min(max(0.2 * $0 + 0.5, 0), 1) }
    #expect(try output("2.15.0") == old)
    #expect(try output("1.2.2") == old)
    #expect(try output("2.2.4-tf") == old)
    let new = x.scalars.map { min(max($0 / 6 + 0.5, 0), 1) }
    #expect(zip(try output("3.5.0"), new).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(try output(nil) == output("3.0.0"))
  }

  @Test(
    "Features that a Keras lacks are replaced by equivalent layers, or refused by name")
  func translation() throws {
    func model(_ activation: ActivationFunction) throws -> Architecture {
      let model = Sequential([Dense(4, activation: activation), Activation(activation), Dense(2)])
      model.seed = 1
      model.build(inputShape: [3])
      return try #require(Architecture(model))
    }
    for (activation, dialect) in [
      (.keras2HardSigmoid, .archive), (.keras2HardSigmoid, .wholeModel), (.hardSigmoid, .keras2),
      (.sparseSigmoid, .keras2), (.logSigmoid, .keras2),
    ] as [(ActivationFunction, KerasDialect)] {
      let original = try model(activation)
      let translated = try original.translated(for: dialect)
      #expect(translated.layers.count > original.layers.count)
      #expect(Set(translated.layers.map(\.name)).count == translated.layers.count)
      let (a, b) = (original.makeModel(), translated.makeModel())
      b.build(inputShape: [3])
      #expect(a.variables.map(\.shape) == b.variables.map(\.shape))
      for (from, to) in zip(a.variables, b.variables) { to.value = from.value }
      let x = Tensor([-9, 0.5, 2, 1, -0.25, 8], shape: [2, 3])
      #expect(relativeDifference(b(x).scalars, a(x).scalars) < 1e-6, "\(activation)")
      let config = translated.kerasConfig(dialect)
      let version = dialect == .keras2 ? "2.15.0" : "3.15.1"
      #expect(
        try Architecture(kerasConfig: config, kerasVersion: version).kerasConfig(dialect) == config)
    }
    for activation in [
      .glu, .hardSilu, .hardTanh, .hardShrink, .softShrink, .tanhShrink, .squareplus, .sparsePlus,
      .sparsemax,
    ] as [ActivationFunction] {
      let layer = Dense(4, activation: activation, name: "d")
      let model = Sequential([layer])
      model.build(inputShape: [3])
      #expect(
        throws: KerasError.notInKeras(
          layer: "d", feature: "the activation \(activation.rawValue)", keras: "tf_keras")
      ) { try Architecture(model)?.translated(for: .keras2) }
      _ = try Architecture(model)?.translated(for: .archive)
    }
    #expect(throws: KerasError.self) {
      try architecture("RandomHeight", ["factor": .number(0.5)]).translated(for: .archive)
    }
    #expect(throws: KerasError.self) {
      try architecture("RandomInvert", [:]).translated(for: .keras2)
    }
    #expect(throws: KerasError.self) {
      try architecture("LayerNormalization", ["axis": .extents([2, 1])]).translated(for: .archive)
    }
    // In models in the model, too.
    let inner = Sequential([Dense(3, activation: .hardSigmoid)], name: "inner")
    let outer = Sequential([inner, Dense(1)])
    outer.build(inputShape: [3])
    let nested = try #require(try Architecture(outer)?.translated(for: .keras2))
    #expect((nested.layers[0] as? Model)?.layers.count == 3)
  }

  @Test("Options have the names of the Keras that reads them")
  func optionNames() throws {
    let leaky = try architecture("LeakyReLU", ["negative_slope": .number(0.125)])
    #expect(written(leaky, .keras2)["alpha"] == .number(0.125))
    #expect(written(leaky, .keras2)["negative_slope"] == nil)
    #expect(written(leaky, .archive)["negative_slope"] == .number(0.125))
    let silu = try architecture("Activation", ["activation": .string("silu")])
    #expect(written(silu, .keras2)["activation"] == .string("swish"))
    let celu = try architecture("Activation", ["activation": .string("celu")])
    #expect(written(celu, .keras2)["activation"] == .string("elu"))
    let contrast = try architecture(
      "RandomContrast", ["factor": .number(0.25), "value_range": .extents([0, 1])])
    #expect(written(contrast, .archive)["value_range"] == .extents([0, 1]))
    #expect(written(contrast, .keras2)["value_range"] == nil)
    #expect(
      contrast.lost(in: .keras2) == [
        "value_range of the layer 'random_contrast', which tf_keras does not have"
      ])
  }

  @Test("Names that a Keras forbids are replaced by unique ones")
  func names() throws {
    let model = Sequential([
      Dense(1, name: "a/b"), Dense(1, name: "a_b"), Dense(1, name: "two words"),
      Dense(1, name: "_x"), Dense(1, name: "é"),
    ])
    model.build(inputShape: [1])
    let architecture = try #require(Architecture(model))
    #expect(architecture.layerNames(.archive) == ["a_b_1", "a_b", "two words", "_x", "é"])
    #expect(
      architecture.layerNames(.keras2) == ["a/b", "a_b", "two_words", "layer_x", "layer_"])
    #expect(
      architecture.lost(in: .archive) == [
        "the name 'a/b' of a layer, which Keras 3 forbids: it becomes 'a_b_1'"
      ])
  }

  @Test("A layer for images with channels first computes what Keras defines")
  func channelsFirst() throws {
    let architecture = try Architecture(
      kerasConfig: JSON(
        parsing: """
          {"class_name": "Sequential", "config": {"layers": [
          {"class_name": "InputLayer", "config": {"batch_shape": [null, 2, 3, 4]}},
          {"class_name": "ZeroPadding2D", "config": {"padding": [[0, 1], [0, 0]], "name": "z",
           "data_format": "channels_first"}},
          {"class_name": "Flatten", "config": {"data_format": "channels_first"}}]}}
          """))
    #expect(
      architecture.notes == [.channelsLast(layer: "z"), .channelsLast(layer: "flatten")])
    let model = architecture.makeModel()
    #expect(
      model.layers.map(\.name) == [
        "z_channels_last", "z", "z_channels_first", "flatten_channels_last", "flatten",
      ])
    let x = Tensor((0..<24).map { Float($0) }, shape: [1, 2, 3, 4])
    let y = model(x).scalars
    // Rows of pixels with both channels, and a last row of zeros.
    #expect(y.count == 32 && y[..<4] == [0, 12, 1, 13] && y[24...].allSatisfy { $0 == 0 })
  }

  @Test("Layers that do nothing outside of training return their input")
  func inference() throws {
    let x = Tensor((0..<256).map { Float($0) }, shape: [1, 8, 8, 4])
    for entry in Self.entries
    where entry.className.hasPrefix("Random")
      || ["Identity", "GaussianDropout", "AlphaDropout", "ActivityRegularization", "Masking"]
        .contains(
          entry.className)
    {
      let architecture = try architecture(of: entry, entry.config)
      #expect(architecture.layers[0](x) == x)
      let isTrainable = !(architecture.layers[0] is UntrainedAugmentation)
      #expect(
        architecture.notes.contains {
          if case .notTrainable = $0 { true } else { false }
        } != isTrainable)
    }
    let untrained = Self.entries.filter {
      KerasRegistry.layer(named: $0.className) is UntrainedAugmentation.Type
    }
    #expect(Set(untrained.map(\.className)).count == 15)
  }

  @Test("Masking sets rows to 0, and a layer that uses its mask is refused")
  func masking() throws {
    let layer = Masking(maskValue: 2)
    let y = layer(Tensor([2, 2, 2, 1, 3, 3], shape: [1, 3, 2]))
    #expect(y.scalars == [0, 0, 2, 1, 3, 3])
    let config = try JSON(
      parsing: """
        {"class_name": "Sequential", "config": {"layers": [
        {"class_name": "InputLayer", "config": {"batch_shape": [null, 3, 2]}},
        {"class_name": "Masking", "config": {}}, {"class_name": "Softmax", "config": {}}]}}
        """)
    #expect(throws: KerasError.self) { try Architecture(kerasConfig: config) }
  }

  @Test(
    "A Softmax is refused where a mask gets to it, and read behind a layer that drops the mask",
    arguments: [
      (#"{"class_name": "LSTM", "config": {"units": 2}}"#, true),
      (#"{"class_name": "LSTM", "config": {"units": 2, "return_sequences": true}}"#, false),
      (#"{"class_name": "Flatten", "config": {}}"#, true),
      (#"{"class_name": "ReLU", "config": {}}"#, false),
    ], [#"{"class_name": "Masking", "config": {}}"#, ""])
  func maskedSoftmax(layer: (json: String, isRead: Bool), masking: String) throws {
    let layers = [
      #"{"class_name": "InputLayer", "config": {"batch_shape": [null, 3, 2]}}"#, masking,
      layer.json,
      #"{"class_name": "Dense", "config": {"units": 2}}"#,
      #"{"class_name": "Softmax", "config": {"name": "s"}}"#,
    ].filter { !$0.isEmpty }
    let config = try JSON(
      parsing: """
        {"class_name": "Sequential", "config": {"layers": [\(layers.joined(separator: ", "))]}}
        """)
    guard layer.isRead || masking.isEmpty else {
      #expect(
        throws: KerasError.unsupportedForm("the layer 's' gets a mask, which is not supported")
      ) { try Architecture(kerasConfig: config) }
      return
    }
    #expect(throws: Never.self) { try Architecture(kerasConfig: config) }
  }

  @Test("A model with a layer whose training is not implemented is not trained")
  func training() async {
    await #expect(processExitsWith: .failure) {
      let config = try JSON(parsing: #"{"class_name": "RandomErasing", "config": {"name": "f"}}"#)
      let erasing = try Layer.make(className: "RandomErasing", config: config["config"] ?? .null)
      let model = Sequential([Sequential([erasing, Flatten()]), Dense(1)])
      model.compile(optimizer: SGD(), loss: MeanSquaredError())
      model.fit(Tensor(zeros: [1, 4, 4, 1]), Tensor(zeros: [1, 1]))
    }
  }

  @Test("Random layers keep mean and deviation in training, and draw anew each time")
  func randomLayers() {
    let x = Tensor(repeating: 1, shape: [64, 256])
    func moments(_ y: Tensor) -> (mean: Float, deviation: Float) {
      let mean = y.scalars.reduce(0, +) / Float(y.count)
      let variance = y.scalars.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(y.count)
      return (mean, variance.squareRoot())
    }
    let gaussian = GaussianDropout(0.2)
    gaussian.seed = 1
    let (mean, deviation) = moments(gaussian(x, training: true))
    #expect(abs(mean - 1) < 0.02 && abs(deviation - 0.5) < 0.02)
    #expect(gaussian(x, training: true) != gaussian(x, training: true))
    #expect(gaussian(x) == x)

    // For inputs of mean 0 and variance 1, as behind SELU.
    let noise = Tensor(zeros: [64, 256]).addingGaussianNoise(
      standardDeviation: 1, stream: RandomStream(seed: 1, stream: 2))
    let alpha = AlphaDropout(0.3)
    alpha.seed = 1
    let after = moments(alpha(noise, training: true))
    #expect(abs(after.mean) < 0.04 && abs(after.deviation - 1) < 0.04)
    // Two values for equal elements: Keras's a x + b and a α' + b.
    let two = Set(alpha(x, training: true).scalars)
    #expect(two.count == 2)

    let rows = Dropout(0.5, noiseShape: [nil, 1])
    rows.seed = 1
    let dropped = rows(x, training: true)
    for row in 0..<64 { #expect(Set(dropped.scalars[row * 256..<(row + 1) * 256]).count == 1) }
    #expect(Set(dropped.scalars) == [0, 2])
  }

  @Test("Files of Keras 1 are read, and what only Keras 1 has is refused")
  func keras1() throws {
    func json(_ order: String, mode: Int = 0) throws -> JSON {
      try JSON(
        parsing: """
          {"class_name": "Sequential", "config": [
          {"class_name": "Convolution2D", "config": {"name": "convolution2d_1", "nb_filter": 3,
           "nb_row": 3, "nb_col": 2, "init": "he_normal", "activation": "relu", "weights": null,
           "border_mode": "same", "subsample": [1, 1], "dim_ordering": "\(order)", "bias": true,
           "W_regularizer": {"name": "WeightRegularizer", "l1": 0.0, "l2": 0.01},
           "b_regularizer": null, "activity_regularizer": null, "W_constraint": null,
           "b_constraint": null, "trainable": true, "input_dtype": "float32",
           "batch_input_shape": [null, 6, 6, 1]}},
          {"class_name": "BatchNormalization", "config": {"name": "b", "mode": \(mode), "axis": -1,
           "epsilon": 0.001, "momentum": 0.99, "gamma_regularizer": null, "beta_regularizer": \
          null}},
          {"class_name": "MaxPooling2D", "config": {"name": "p", "pool_size": [2, 2],
           "strides": [2, 2], "border_mode": "valid", "dim_ordering": "tf", "trainable": true}},
          {"class_name": "Dropout", "config": {"name": "dropout_1", "p": 0.25, "trainable": true}},
          {"class_name": "Flatten", "config": {"name": "flatten_1", "trainable": true}},
          {"class_name": "Dense", "config": {"name": "dense_1", "output_dim": 10, "input_dim": null,
           "init": "glorot_uniform", "activation": "hard_sigmoid", "bias": false,
           "W_regularizer": null, "trainable": true}}]}
          """)
    }
    for version in [nil, "1.2.2"] {
      let architecture = try Architecture(kerasConfig: json("tf"), kerasVersion: version)
      #expect(architecture.inputShape == [6, 6, 1])
      let convolution = try #require(architecture.layers[0] as? Conv2D)
      #expect(convolution.kernelSize == Size2D(3, 2) && convolution.padding == .same)
      #expect((architecture.layers[3] as? Dropout)?.rate == 0.25)
      let dense = try #require(architecture.layers[5] as? Dense)
      #expect(dense.units == 10 && !dense.useBias && dense.activation == .keras2HardSigmoid)
      #expect(architecture.notes == [])
      let options = architecture.kerasConfig(.archive)["config"]?["layers"]?.array?[1]["config"]
      #expect(options?["kernel_regularizer"]?["class_name"] == .string("L1L2"))
      #expect(options?["kernel_initializer"] == .string("he_normal"))
    }
    #expect(throws: KerasError.self) { try Architecture(kerasConfig: json("th")) }
    #expect(throws: KerasError.self) { try Architecture(kerasConfig: json("tf", mode: 1)) }
  }

  /// Source: `get_config` in keras/layers of Keras 1.2.2.
  @Test("Layers over sequences of Keras 1 are read")
  func sequencesOfKeras1() throws {
    let json = try JSON(
      parsing: """
        {"class_name": "Sequential", "config": [
        {"class_name": "Convolution1D", "config": {"name": "c", "nb_filter": 3, "filter_length": 5,
         "init": "glorot_uniform", "activation": "relu", "border_mode": "same",
         "subsample_length": 2, "bias": true, "W_regularizer": null, "W_constraint": null,
         "input_dim": 4, "input_length": 24, "batch_input_shape": [null, 24, 4]}},
        {"class_name": "AtrousConvolution1D", "config": {"name": "a", "nb_filter": 2,
         "filter_length": 3, "border_mode": "valid", "subsample_length": 1, "atrous_rate": 2,
         "bias": false, "activation": "linear"}},
        {"class_name": "MaxPooling1D", "config": {"name": "m", "pool_length": 3, "stride": 2,
         "border_mode": "valid"}},
        {"class_name": "AveragePooling1D", "config": {"name": "v", "pool_length": 2,
         "stride": null, "border_mode": "same"}},
        {"class_name": "UpSampling1D", "config": {"name": "u", "length": 3}},
        {"class_name": "ZeroPadding1D", "config": {"name": "z", "padding": 2}},
        {"class_name": "Cropping1D", "config": {"name": "k", "cropping": [1, 0]}},
        {"class_name": "SpatialDropout1D", "config": {"name": "d", "p": 0.5}},
        {"class_name": "GlobalMaxPooling1D", "config": {"name": "g"}},
        {"class_name": "RepeatVector", "config": {"name": "r", "n": 2}}]}
        """)
    let layers = try Architecture(kerasConfig: json, kerasVersion: "1.2.2").layers
    let first = try #require(layers[0] as? Conv1D)
    #expect(first.filters == 3 && first.kernelSize == 5 && first.strides == 2)
    #expect(first.padding == .same && first.activation == .relu)
    let second = try #require(layers[1] as? Conv1D)
    #expect(second.dilationRate == 2 && !second.useBias && second.kernelSize == 3)
    let pooling = try #require(layers[2] as? MaxPooling1D)
    #expect(pooling.poolSize == 3 && pooling.strides == 2)
    let average = try #require(layers[3] as? AveragePooling1D)
    #expect(average.poolSize == 2 && average.strides == 2 && average.padding == .same)
    #expect((layers[4] as? UpSampling1D)?.size == 3)
    let shapes = try layers.reduce([Shape]()) { shapes, layer in
      shapes + [try layer.outputShape(inputShape: shapes.last ?? [24, 4])]
    }
    #expect(
      shapes == [
        [12, 3], [8, 2], [3, 2], [2, 2], [6, 2], [10, 2], [9, 2], [9, 2], [2], [2, 2],
      ])
  }

  @Test(
    "Code, and names in modules outside of Keras, are not kept, and the note says so",
    arguments: [
      #"{"class_name": "__lambda__", "config": {"value": "4wAAAA"}}"#,
      #"{"module": "os", "class_name": "system", "config": {"command": "id"}}"#,
      #"{"module": "os", "class_name": "function", "config": "system"}"#,
      #"{"class_name": "L2", "config": {"l2": {"class_name": "__lambda__", "config": {}}}}"#,
      #"{"class_name": "L2", "config": {"path": "/etc/passwd"}}"#,
      #"{"class_name": "gASVAAAAAAAA+AAA/AAA", "config": {}}"#, #""../../evil""#,
    ])
  func codeIsNotKept(json: String) throws {
    for option in ["kernel_initializer", "kernel_regularizer", "bias_constraint"] {
      let architecture = try architecture(
        "Dense", ["units": .integer(2), option: JSON(parsing: json)])
      #expect(architecture.notes == [.unknownOptions(layer: "dense", options: [option])])
      for dialect in [KerasDialect.archive, .keras2, .wholeModel] {
        #expect(written(architecture, dialect)[option] == nil)
      }
    }
    let erasing = try architecture("RandomErasing", ["factor": JSON(parsing: json)])
    #expect(erasing.notes.contains(.unknownOptions(layer: "random_erasing", options: ["factor"])))
    #expect(written(erasing, .archive)["factor"] == nil)
  }

  @Test("A user's own class that is registered is kept without its module")
  func registeredIsKept() throws {
    let own = try JSON(
      parsing: """
        {"module": "my.layers", "class_name": "Own", "registered_name": "my>Own",
         "config": {"rate": 0.5, "names": ["a", "b"]}}
        """)
    let kept = written(
      try architecture("Dense", ["units": .integer(2), "kernel_regularizer": own]), .archive)[
        "kernel_regularizer"]
    #expect(kept?["registered_name"] == .string("my>Own"))
    #expect(kept?.object?["module"] == .null && kept?["config"] == own["config"])
  }

  @Test("A class or a function of another module is not that of Keras with the same name")
  func otherModules() throws {
    let layer = #"{"class_name": "ReLU", "module": "os.evil", "config": {"name": "r"}}"#
    let input = #"{"class_name": "InputLayer", "config": {"batch_shape": [null, 4]}}"#
    #expect(throws: KerasError.unsupportedLayer(className: "ReLU", name: "r")) {
      try Architecture(
        kerasConfig: JSON(
          parsing: #"{"class_name": "Sequential", "config": {"layers": [\#(input), \#(layer)]}}"#))
    }
    #expect(throws: KerasError.self) {
      try architecture(
        "Dense",
        [
          "units": .integer(2),
          "activation": JSON(
            parsing: #"{"module": "os", "class_name": "function", "config": "relu"}"#),
        ])
    }
    #expect(throws: KerasError.self) {
      try Optimizer.make(
        kerasConfig: JSON(parsing: #"{"module": "os", "class_name": "Adam", "config": {}}"#))
    }
  }
}
