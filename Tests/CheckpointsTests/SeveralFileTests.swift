import Checkpoints
import Conversion
import JSON
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// Models of Keras 3 and tf_keras with several inputs or outputs, against `several/expected.json`.
@Suite("Models of real Keras with several inputs or outputs")
struct SeveralFileTests {
  static let expected =
    ((try? readText(fixture("several/expected.json")))
    .flatMap { try? JSON(parsing: $0) })?.object ?? [:]

  static let files = expected.keys.sorted()

  /// What the model of a file computes.
  private struct Expectation {
    let json: JSON

    func names(_ key: String) -> [String] { (json[key]?.array ?? []).compactMap(\.string) }

    func tensors(_ key: String) -> [Tensor] {
      (json[key]?.array ?? []).map { json in
        let values = (json["values"]?.array ?? []).compactMap(\.number).map { Float($0) }
        return Tensor(values, shape: Shape((json["shape"]?.array ?? []).compactMap(\.integer)))
      }
    }

    func named(_ names: String, _ tensors: String) -> [String: Tensor] {
      Dictionary(uniqueKeysWithValues: zip(self.names(names), self.tensors(tensors)))
    }
  }

  private func expectation(_ file: String) throws -> Expectation {
    Expectation(json: try #require(Self.expected[file]))
  }

  private func expectEqual(_ a: [Tensor], _ b: [Tensor], _ what: String) {
    #expect(a.map(\.shape) == b.map(\.shape), "\(what)")
    #expect(relativeDifference(a.flatMap(\.scalars), b.flatMap(\.scalars)) <= 5e-6, "\(what)")
  }

  @Test("There are files of both Keras, in all their forms")
  func isComplete() {
    for prefix in ["keras3_", "tf_keras_"] {
      for name in [
        "apart", "both_ways", "dictionaries", "empty_only", "gaps", "inner", "listed",
        "open_sizes", "operations", "sequences", "siamese", "softmax_mask", "states",
        "translation", "two_inputs", "two_outputs",
      ] {
        #expect(Self.files.contains("\(prefix)\(name).h5"))
        #expect(Self.files.contains("\(prefix)\(name).keras"))
      }
    }
  }

  @Test("Each model and its conversions compute what its Keras computes", arguments: files)
  func outputs(file: String) throws {
    let expected = try expectation(file)
    let (x, y) = (expected.tensors("x"), expected.tensors("y"))
    func check(_ path: String) throws {
      let model = try CheckpointFile(opening: path).loadModel()
      #expect(model.inputNames == expected.names("inputs"), "\(path)")
      expectEqual(model.outputs(of: x), y, path)
    }
    let path = fixture("several/\(file)")
    try check(path)
    let model = try CheckpointFile(opening: path).loadModel()
    #expect(model.outputNames == expected.names("outputs"))
    // The other Keras computes something else.
    guard !file.contains("_only") else { return }
    try ExpectedModels.forEachConversion(of: path, check)
  }

  @Test("One epoch gives Keras's weights and logs", arguments: files)
  func step(file: String) throws {
    let expected = try expectation(file)
    let (model, config) = try compiled(file)
    #expect(config.losses != nil && config.foreign.refused.isEmpty)
    let history = model.fit(
      expected.named("inputs", "x"), expected.named("outputs", "target"), batchSize: 4,
      shuffle: false
    ).history
    let logs = try #require(expected.json["logs"]?.object)
    #expect(history.keys.sorted() == logs.keys.sorted())
    for (name, value) in history {
      let wanted = try #require(logs[name]?.number)
      #expect(abs(value[0] - wanted) <= 5e-6 * max(1, abs(wanted)), "\(name)")
    }
    expectEqual(model.variables.map(\.value), expected.tensors("after"), file)
  }

  @Test("Arrays and batches train like dictionaries", arguments: ["keras3_two_outputs.h5"])
  func arrays(file: String) throws {
    let expected = try expectation(file)
    let (x, y) = (expected.tensors("x"), expected.tensors("target"))
    let models = try (0..<3).map { _ in try compiled(file).model }
    models[0].fit(
      expected.named("inputs", "x"), expected.named("outputs", "target"), shuffle: false)
    models[1].fit(x, y, shuffle: false)
    models[2].fit([(x, y)])
    for model in models.dropFirst() {
      #expect(model.variables.map(\.value.scalars) == models[0].variables.map(\.value.scalars))
    }
    let logs = models[0].evaluate(expected.named("inputs", "x"), y)
    #expect(logs == models[1].evaluate([(x, expected.named("outputs", "target"))]))
    let outputs = models[0].predictOutputs(x)
    #expect(outputs.keys.sorted() == ["box", "digit"])
    expectEqual(
      ["digit", "box"].compactMap { outputs[$0] }, models[0].outputs(of: x), "predictOutputs")
  }

  /// The model of a file, compiled as the file says.
  private func compiled(_ file: String) throws -> (model: Model, config: CompileConfig) {
    let file = try CheckpointFile(opening: fixture("several/\(file)"))
    let model = try file.loadModel()
    let config = try CompileConfig(kerasConfig: try #require(try file.compileConfig()))
    #expect(model.compile(config))
    return (model, config)
  }
}
