import Checkpoints
import Datasets
import Inference
import JSON
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing
import Training

@Suite("Models that a file describes, and weights of other models")
struct DescribedModelTests {
  /// A network in the manner of MobileNet for five classes of coloured pictures.
  private func body(_ head: [Layer], side: Int = 20) -> Sequential {
    let model = Sequential(
      [
        Rescaling(.scalar(1 / 127.5), offset: .scalar(-1)),
        Conv2D(4, 3, strides: 2, useBias: false, name: "conv_first"),
        BatchNormalization(name: "norm"), ReLU(maxValue: 6),
        DepthwiseConv2D(3, padding: .same, name: "conv_depth"),
      ] + head, name: "body")
    model.seed = 7
    model.build(inputShape: [side, side, 3])
    return model
  }

  private static let plainHead: @Sendable () -> [Layer] = {
    [GlobalAveragePooling2D(), Dense(5, activation: .softmax, name: "head")]
  }

  private func colours(_ count: Int, seed: UInt32 = 1, classes: UInt16 = 3) throws -> ImageSet {
    let gray = try pictures(3 * count, seed: seed, side: 16)
    return try ImageSet(
      pixels: gray.bytes ?? [], classes: (0..<count).map { UInt16($0) % classes }, height: 16,
      width: 16, channels: 3)
  }

  private func run(
    _ options: RunOptions, recorder: Recorder = Recorder(), classes: UInt16 = 3
  ) throws -> Outcome {
    let (train, test) = (
      try colours(10, classes: classes), try colours(4, seed: 5, classes: classes)
    )
    return try Trainer(
      options: options,
      data: LabeledImages(
        train: train, test: test, classNames: (0..<classes).map { "class \($0)" }),
      isStopped: recorder.signal, report: recorder.record
    ).run()
  }

  @Test(
    "A model for other pictures and classes starts with its weights, and frozen layers keep them",
    arguments: ["model.keras", "model.h5"])
  func tuning(file: String) throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/\(file)"
      let source = body(Self.plainHead())
      try Checkpoint(model: source).save(to: path)
      var options = options(in: directory, epochs: 2)
      options.model = .described(try DescribedModel(opening: path))
      options.initialWeights = path
      options.recipe.frozen = ["conv*", "norm"]
      let recorder = Recorder()
      #expect(try run(options, recorder: recorder) == .finished(step: 10))
      #expect(recorder.names.first == "initialized but for [\"head\"]")
      let tuned = try CheckpointFile(opening: options.savePath).loadModel()
      #expect(tuned.inputShape == [16, 16, 3])
      #expect(try tuned.outputShape(inputShape: [16, 16, 3]) == [3])
      for (layer, other) in zip(tuned.layers, source.layers) where layer.name != "head" {
        #expect(!layer.isTrainable || layer.weights.isEmpty)
        #expect(
          layer.weights.map { $0.value.scalars.map(\.bitPattern) }
            == other.weights.map { $0.value.scalars.map(\.bitPattern) }, "\(layer.name)")
      }

      // A run that is stopped and goes on ends with the same bits, with and without its options.
      let expected = try Content(options.savePath)
      var parts = options
      parts.savePath = "\(directory)/parts.h5"
      for patience in [3, 3, .max] {
        let recorder = Recorder()
        recorder.patience = patience
        _ = try run(parts, recorder: recorder)
        if patience == 3 { (parts.model, parts.initialWeights) = (nil, nil) }
      }
      var found = try Content(parts.savePath)
      found.state.origin = expected.state.origin
      #expect(found == expected)
      #expect(try run(options) == .alreadyFinished(epoch: 2, step: 10))
    }
  }

  static let classifiers: [(name: String, layers: @Sendable () -> [Layer])] = [
    ("dense", plainHead),
    ("logits", { [Flatten(), Dense(5)] }),
    ("activation", { [GlobalAveragePooling2D(), Dense(5), Activation(.sigmoid)] }),
    ("sigmoid", { [GlobalAveragePooling2D(), Dense(1, activation: .sigmoid)] }),
    (
      "convolution",
      { [GlobalAveragePooling2D(), Reshape([1, 1, 4]), Conv2D(5, 1), Reshape([5]), Softmax()] }
    ),
    ("nested", { [GlobalAveragePooling2D(), Sequential([Dense(8), Dense(5)], name: "top")] }),
  ]

  @Test("The head gets the number of classes, in every form", arguments: classifiers.indices)
  func head(index: Int) throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/model.keras"
      try Checkpoint(model: body(Self.classifiers[index].layers())).save(to: path)
      var options = options(in: directory, epochs: 1)
      options.model = .described(try DescribedModel(opening: path))
      _ = try run(options, classes: 2)
      let file = try CheckpointFile(opening: options.savePath)
      let model = try file.loadModel()
      #expect(try model.outputShape(inputShape: [16, 16, 3]) == [2])
      // The loss knows whether the outputs are probabilities.
      let isLogits = ["logits", "nested"].contains(Self.classifiers[index].name)
      let config = try #require(try file.compileConfig())
      #expect(config["loss"]?["config"]?["from_logits"]?.bool == isLogits)
      let outputs = model(Tensor(zeros: [1, 16, 16, 3])).scalars
      #expect(abs(outputs.reduce(0, +) - 1) < 1e-5 || isLogits)
    }
  }

  @Test("A description without the shape of its input is that of any pictures")
  func withoutShape() throws {
    try withTemporaryDirectory { directory in
      let text = """
        {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"name": "plain",
          "layers": [{"class_name": "Flatten", "config": {}},
          {"class_name": "Dense", "config": {"units": 9, "activation": "softmax"}}]}}
        """
      try writeBytes(Array(text.utf8), to: "\(directory)/model.json")
      var options = options(in: directory, epochs: 1)
      let model = try DescribedModel(opening: "\(directory)/model.json")
      #expect(model.inputExtents == [nil, nil, nil])
      options.model = .described(model)
      _ = try run(options)
      let found = try CheckpointFile(opening: options.savePath).loadModel()
      #expect(found.parameterCount == (16 * 16 * 3 + 1) * 3)
      // The settings of a run are a recipe with its model.
      var repeated = RunOptions(savePath: "\(directory)/repeated.h5")
      try repeated.use(try CheckpointFile(opening: options.savePath).trainingState() ?? state())
      repeated.seed = options.seed
      _ = try run(repeated)
      #expect(try Content(repeated.savePath) == Content(options.savePath))
    }
  }

  private func state() -> TrainingState { TrainingState(seed: 0, dataDigest: "", settings: [:]) }

  @Test("A run starts with the network and the optimizer of a file that holds no run")
  func beginning() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/model.h5"
      let source = Sequential([Flatten(), Dense(6), Dense(3)])
      source.build(inputShape: [16, 16, 3])
      try Checkpoint(
        model: source, optimizer: SGD(learningRate: 0.5, momentum: 0.9),
        loss: SparseCategoricalCrossentropy(fromLogits: true)
      ).save(to: path)
      var expected: Content?
      for model in [nil, ModelChoice.described(try DescribedModel(opening: path))] {
        var options = RunOptions(savePath: "\(directory)/\(model == nil).h5")
        (options.epochs, options.model, options.resume) = (1, model, .from(path: path))
        let recorder = Recorder()
        #expect(try run(options, recorder: recorder) == .finished(step: 1))
        #expect(!recorder.names.contains { $0.hasPrefix("changed") })
        let content = try Content(options.savePath)
        #expect(content.state.settings["learning_rate"]?.number == 0.5)
        if let expected { #expect(content == expected) }
        expected = content
      }
    }
  }

  @Test("Patterns freeze layers beside those that the file freezes; none trains all")
  func frozenInFile() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/model.keras"
      let source = body(Self.plainHead())
      source.layers[1].isTrainable = false
      try Checkpoint(model: source).save(to: path)
      for (index, patterns) in ([nil, ["norm"], []] as [[String]?]).enumerated() {
        var options = options(in: directory, epochs: 1)
        options.savePath = "\(directory)/\(index).h5"
        options.model = .described(try DescribedModel(opening: path))
        options.recipe.frozen = patterns
        _ = try run(options)
        let frozen = try CheckpointFile(opening: options.savePath).loadModel().layers
          .filter { !$0.isTrainable }.map(\.name)
        #expect(frozen == [["conv_first"], ["conv_first", "norm"], []][index])
      }
    }
  }

  @Test("A model that cannot tell the classes is refused")
  func noHead() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/model.keras"
      var options = options(in: directory, epochs: 1)
      for layers: [Layer] in [[], [Flatten(), BatchNormalization()], [Conv2D(3, 1)]] {
        try Checkpoint(model: body(layers)).save(to: path)
        options.model = .described(try DescribedModel(opening: path))
        let error = #expect(throws: TrainingError.self) { try run(options) }
        guard case .model(.description)? = error else {
          Issue.record("\(String(describing: error))")
          return
        }
      }
    }
  }

  @Test("Layers to freeze are named by patterns; a pattern without a layer is refused")
  func freezing() throws {
    try withTemporaryDirectory { directory in
      var options = options(in: directory, epochs: 1)
      options.model = .named(.cnn)
      options.recipe.frozen = ["conv?d_2"]
      try trainCNN(options)
      let names = try CheckpointFile(opening: options.savePath).loadModel().layers
        .filter { !$0.isTrainable }.map(\.name)
      #expect(names == ["conv2d_2"])
      options.savePath = "\(directory)/other.h5"
      options.recipe.frozen = ["conv2d", "bn*"]
      #expect(throws: TrainingError.model(.noLayer(named: "bn*"))) { try trainCNN(options) }
      options.recipe.frozen = ["*"]
      #expect(throws: TrainingError.model(.allFrozen)) { try trainCNN(options) }
    }
  }

  private func trainCNN(_ options: RunOptions) throws {
    _ = try Trainer(
      options: options, data: data(train: pictures(4), test: pictures(2))
    ).run()
  }

  @Test("Weights of a model whose layers have other names are taken in order, if they fit")
  func otherNames() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/first.h5"
      let source = Sequential([
        Flatten(), Dense(6, activation: .relu, name: "a"), Dense(4, name: "b"),
      ])
      source.build(inputShape: [3, 3, 1])
      try Checkpoint(model: source).save(to: path)
      let file = try CheckpointFile(opening: path)
      func model(_ units: Int, _ names: [String], first: String = "x") -> Sequential {
        let model = Sequential(
          [Flatten(), Dense(6, name: first)] + names.map { Dense(units, name: $0) })
        model.build(inputShape: [3, 3, 1])
        return model
      }
      for (units, kept) in [(4, []), (2, ["y"])] {
        let target = model(units, ["y"])
        #expect(try file.transferWeights(to: target) == kept)
        #expect(target.layers[1].weights[0].value == source.layers[1].weights[0].value)
        #expect(
          (target.layers[2].weights[0].value == source.layers[2].weights[0].value) == kept.isEmpty)
      }
      // With the same names, layers may be missing from the model.
      #expect(try file.transferWeights(to: model(6, [], first: "a")) == [])
      let other = model(6, ["b", "c"], first: "z")
      let error = #expect(throws: CheckpointError.self) { try file.transferWeights(to: other) }
      guard case .mismatch(_, let differences)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(
        differences.map { "\($0)".prefix(8) } == ["z/kernel", "z/bias i", "b/kernel", "b/bias h"])
    }
  }

  @Test("Pixels reach a model that scales them as bytes, exactly as predictions give them")
  func range() throws {
    let levels = Tensor((0..<256).map { Float($0) / 255 })
    #expect((levels * 255).scalars == (0..<256).map(Float.init))
    #expect((levels * 2 - 1).scalars == (0..<256).map { Float($0) / 127.5 - 1 })
    try withTemporaryDirectory { directory in
      let path = "\(directory)/model.keras"
      try Checkpoint(model: body(Self.plainHead())).save(to: path)
      var options = options(in: directory, epochs: 1)
      options.model = .described(try DescribedModel(opening: path))
      _ = try run(options)
      let settings = try Content(options.savePath).state.settings
      #expect(settings["pixel_range"]?.string == "0..255")
      let file = try CheckpointFile(opening: options.savePath)
      #expect(try file.pictureConfig()?.pixelRange == "0..255")
      // The classes of a run with another range are those of another run.
      options.pixelRange = .minusOneToOne
      options.epochs = 2
      #expect(throws: TrainingError.self) { try run(options) }
    }
  }

  @Test("A description in JSON that is too long is refused as such")
  func long() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/model.json"
      try writeBytes(Array("{".utf8) + [UInt8](repeating: 0x20, count: 16 << 20), to: path)
      do {
        _ = try DescribedModel(opening: path)
        Issue.record("it was read")
      } catch {
        #expect("\(error)".contains("JSON of 16777217 bytes, at most 16777216 are supported"))
      }
    }
  }

  @Test("A description whose step takes much more memory than known models is refused at once")
  func memory() throws {
    try withTemporaryDirectory { directory in
      let layers = (0..<7).map {
        #"{"class_name": "UpSampling2D", "config": {"name": "u\#($0)", "size": 2}},"#
      }
      let text = """
        {"class_name": "Sequential", "config": {"name": "bomb", "layers": [\(layers.joined())
          {"class_name": "GlobalAveragePooling2D", "config": {"name": "g"}},
          {"class_name": "Dense", "config": {"units": 9, "activation": "softmax"}}]}}
        """
      try writeBytes(Array(text.utf8), to: "\(directory)/model.json")
      var options = options(in: directory, epochs: 1)
      options.model = .described(try DescribedModel(opening: "\(directory)/model.json"))
      options.batchSize = 64
      let error = try #require(throws: TrainingError.self) { try run(options) }
      guard case .model(.memory(let excess)) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(excess.reason == .implausible && excess.examples == 64)
      #expect(!names(in: directory).contains("ckpt.h5"))
    }
  }
}
