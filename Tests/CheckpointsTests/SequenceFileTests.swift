import Checkpoints
import Conversion
import JSON
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// Models over sequences of Keras 3, tf_keras and Keras 2.13, against `sequences/expected.json`.
@Suite("Models over sequences of real Keras")
struct SequenceFileTests {
  private static let expected: JSON.Object = {
    let text = (try? readText(fixture("sequences/expected.json"))) ?? ""
    return (try? JSON(parsing: text))?.object ?? [:]
  }()

  static let files = expected.keys.sorted()

  private func tensor(_ json: JSON?) throws -> Tensor {
    let json = try #require(json)
    let values = (json["values"]?.array ?? []).compactMap(\.number).map { Float($0) }
    return Tensor(values, shape: Shape((json["shape"]?.array ?? []).compactMap(\.integer)))
  }

  private func expectEqual(_ a: Tensor, _ b: Tensor, _ what: String) {
    #expect(a.shape == b.shape, "\(what)")
    #expect(relativeDifference(a.scalars, b.scalars) <= 5e-6, "\(what)")
  }

  @Test("There are files of three Keras, in all their forms")
  func isComplete() {
    #expect(Self.files.count == 19)
    for prefix in ["keras3_", "tf_keras_", "keras-2.13_"] {
      #expect(Self.files.contains("\(prefix)convolutions.h5"))
      #expect(Self.files.contains("\(prefix)pooling.keras"))
      #expect(Self.files.contains("\(prefix)channels_first.keras"))
    }
  }

  @Test("Each model and its conversions compute what its Keras computes", arguments: files)
  func outputs(file: String) throws {
    let expected = try #require(Self.expected[file])
    let (x, y) = (try tensor(expected["x"]), try tensor(expected["y"]))
    func check(_ path: String) throws {
      let model = try CheckpointFile(opening: path).loadModel()
      expectEqual(model(x), y, path)
    }
    let path = fixture("sequences/\(file)")
    try check(path)
    try withTemporaryDirectory { directory in
      for (name, format) in [
        ("a.keras", ModelFileFormat.keras), ("a.weights.h5", .weights), ("a.h5", .tfKeras),
      ] {
        _ = try Conversion(of: path, to: "\(directory)/\(name)", as: format)
        try check("\(directory)/\(name)")
        let other: ModelFileFormat = format == .tfKeras ? .keras : .tfKeras
        _ = try Conversion(
          of: "\(directory)/\(name)", to: "\(directory)/b", as: other, replacing: true)
        try check("\(directory)/b")
      }
    }
  }

  @Test(
    "One training step gives Keras's weights",
    arguments: files.filter { expected[$0]?["after"] != nil })
  func step(file: String) throws {
    let expected = try #require(Self.expected[file])
    let (x, target) = (try tensor(expected["x"]), try tensor(expected["target"]))
    let model = try CheckpointFile(opening: fixture("sequences/\(file)")).loadModel()
    let optimizer = SGD(learningRate: 0.125, momentum: 0.5)
    let loss = withGradientTape { MeanSquaredError()(target, model(x, training: true)) }
    optimizer.apply(loss.gradients(), to: model.trainableVariables)
    let after = try (expected["after"]?.array ?? []).map { try tensor($0) }
    #expect(model.variables.count == after.count)
    for (variable, value) in zip(model.variables, after) {
      expectEqual(variable.value, value, variable.name)
    }
  }
}
