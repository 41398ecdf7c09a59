import Cairn
import TestSupport
import Testing

/// What a user can ask about a file, with nothing but `import Cairn`.
@Suite("Contents of files")
struct FileContentsTests {
  private func withModel(_ body: (String, Sequential) throws -> Void) throws {
    let model = Sequential([Dense(3, activation: .relu), Dense(2, name: "logits")])
    _ = model(Tensor(zeros: [1, 4]))
    try withTemporaryDirectory { directory in try body(directory, model) }
  }

  @Test(
    "Variables, configs and shapes are found in every format",
    arguments: [ModelFileFormat.weights, .keras, .tfKeras])
  func contents(format: ModelFileFormat) throws {
    try withModel { directory, model in
      let path = "\(directory)/model"
      try Checkpoint(model: model, optimizer: Adam(), loss: MeanSquaredError())
        .save(to: path, as: format)
      let file = try CheckpointFile(opening: path)
      #expect(file.format == (format == .keras ? .kerasArchive : .hdf5))
      #expect(file.size > 1000 && file.kerasVersion != nil && file.parts.count == 1)

      let weights = try #require(try file.storedWeights())
      #expect(weights.layers.flatMap(\.variables).map(\.shape) == [[4, 3], [3], [3, 2], [2]])
      let config = ConfiguredModel(kerasConfig: try #require(try file.modelConfig()))
      #expect(
        config.className == "Sequential" && config.layers.map(\.className) == ["Dense", "Dense"])
      #expect(
        config.layers.last?.name == "logits" && config.layers.last?.config["units"]?.integer == 2)
      #expect(weights.layout.paths(of: config.layers) == weights.layers.map(\.treePath))
      #expect(try file.architecture().outputShapes().map(\.outputShape) == [[3], [2]])

      let optimizer = try #require(try file.storedOptimizer())
      // Files of Keras 2 hold the learning rate only in the config.
      let count = format == .tfKeras ? 9 : 10
      #expect(optimizer.variables.count == count)
      let pairs = try #require(try ModelPairs(file, file))
      #expect(pairs.pairs.count == 4 && pairs.pairs.allSatisfy { $0.first == $0.second })
      #expect(try #require(try OptimizerPairs(file, file, model: pairs)).pairs.count == count)
    }
  }

  @Test("The numbered variables of an optimizer get the names of its slots")
  func optimizer() throws {
    try withModel { directory, model in
      let path = "\(directory)/model.h5"
      try Checkpoint(model: model, optimizer: SGD(momentum: 0.9), loss: MeanSquaredError())
        .save(to: path)
      let stored = try #require(try CheckpointFile(opening: path).storedOptimizer())
      let trained = [[4, 3], [3], [3, 2], [2]].enumerated().map { ("\($0)", $1) }
      #expect(
        stored.variableNames(
          className: "SGD", options: ["momentum": .number(0.9)], trained: trained)
          == ["iteration", "learning_rate"] + (0..<4).map { "\($0)/momentum" })
      #expect(
        stored.variableNames(className: nil, options: [:], trained: trained)
          == ["iteration", "learning_rate", "2", "3", "4", "5"])
    }
  }

  @Test("The checkpoint of a run has a digest for each tensor, and no contradictions")
  func integrity() throws {
    try withModel { directory, model in
      let path = "\(directory)/model.h5"
      let state = TrainingState(seed: 1, dataDigest: "", settings: [:])
      try Checkpoint(model: model, optimizer: Adam(), loss: MeanSquaredError(), state: state)
        .save(to: path)
      let file = try CheckpointFile(opening: path)
      #expect(file.contradictions() == [])
      let digests = try #require(try file.contentDigests())
      let bias = try #require(try file.storedWeights()?.layers.last?.variables.last)
      var digest = ContentDigest(type: "\(bias.elementType)", shape: bias.shape)
      digest.add(model.variables[3].value.scalars)
      #expect(digests[bias.path] == digest.bytes)
    }
  }

  @Test("The reason why a file cannot be opened can be told from others")
  func missing() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/none.h5"
      do throws(StoreError) {
        _ = try CheckpointStore(path: path).load()
        Issue.record("there is no such file")
      } catch {
        guard case .file(path, FileError.notFound) = error else { throw error }
      }
    }
  }

  @Test("Layers of classes that cannot be created are listed too")
  func unsupported() throws {
    let text = """
      {"class_name": "Sequential", "config": {"name": "s", "layers": [
        {"class_name": "InputLayer", "config": {"batch_shape": [null, 3]}},
        {"class_name": "LSTM", "config": {"units": 4}}]}}
      """
    let config = try JSON(parsing: text)
    #expect(throws: KerasError.self) { try Architecture(kerasConfig: config) }
    let model = ConfiguredModel(kerasConfig: config)
    #expect(model.name == "s" && model.layers.map(\.className) == ["LSTM"])
    #expect(model.layers.map(\.name) == ["lstm"])
    #expect(
      KerasRegistry.layerClassName(ofKey: "lstm_1") == "LSTM"
        && KerasRegistry.optimizerClassName(ofName: "rms_prop_1") == "RMSprop"
        && KerasRegistry.variableNames(ofClass: "Conv1D", count: 2) == ["kernel", "bias"])
  }
}
