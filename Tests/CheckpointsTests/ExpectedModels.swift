import Checkpoints
import Conversion
import JSON
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// Models of real Keras in a folder, with what they compute in `expected.json`.
struct ExpectedModels {
  let folder: String
  private let expected: JSON.Object

  init(_ folder: String) {
    self.folder = folder
    let text = (try? readText(fixture("\(folder)/expected.json"))) ?? ""
    expected = (try? JSON(parsing: text))?.object ?? [:]
  }

  /// The names of the files.
  var files: [String] { expected.keys.sorted() }

  /// The files of models that make a training step.
  var trained: [String] { files.filter { expected[$0]?["after"] != nil } }

  private func tensor(_ json: JSON?) throws -> Tensor {
    let json = try #require(json)
    let values = (json["values"]?.array ?? []).compactMap(\.number).map { Float($0) }
    return Tensor(values, shape: Shape((json["shape"]?.array ?? []).compactMap(\.integer)))
  }

  private func expectEqual(_ a: Tensor, _ b: Tensor, _ what: String) {
    #expect(a.shape == b.shape, "\(what)")
    #expect(relativeDifference(a.scalars, b.scalars) <= 5e-6, "\(what)")
  }

  /// Checks the output of a model and of its conversions.
  ///
  /// Models named `old` have a hard_sigmoid in their cells, which differs between Keras 2 and 3;
  /// those named `only` have what the other Keras does not have.
  func checkOutputs(of file: String) throws {
    let expected = try #require(expected[file])
    let (x, y) = (try tensor(expected["x"]), try tensor(expected["y"]))
    func check(_ path: String) throws {
      let model = try CheckpointFile(opening: path).loadModel()
      expectEqual(model(x), y, path)
    }
    let path = fixture("\(folder)/\(file)")
    try check(path)
    guard !file.contains("_only") else { return }
    try Self.forEachConversion(of: path, check)
  }

  /// Converts a model to each form of Keras 3 and of tf_keras, and from there to the other Keras.
  static func forEachConversion(of path: String, _ check: (String) throws -> Void) throws {
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

  /// Checks the weights of a model after one training step.
  func checkStep(of file: String) throws { try checkStep(fixture("\(folder)/\(file)"), file) }

  /// Checks the weights of the conversions of a model after one training step.
  func checkStepsOfConversions(of file: String) throws {
    try Self.forEachConversion(of: fixture("\(folder)/\(file)")) { try checkStep($0, file) }
  }

  /// Checks the loss of an evaluation in batches of three examples.
  func checkLoss(of file: String) throws {
    let expected = try #require(expected[file])
    let model = try CheckpointFile(opening: fixture("\(folder)/\(file)")).loadModel()
    model.compile(optimizer: SGD(), loss: MeanSquaredError())
    let logs = model.evaluate(
      try tensor(expected["x"]), try tensor(expected["target"]), batchSize: 3)
    let (found, loss) = (try #require(logs["loss"]), try #require(expected["loss"]?.number))
    #expect(abs(found - loss) <= 5e-6 * abs(loss), "\(found) is not \(loss)")
  }

  /// Checks the weights of a model in a file after the training step of another file.
  func checkStep(_ path: String, _ file: String) throws {
    let expected = try #require(expected[file])
    let (x, target) = (try tensor(expected["x"]), try tensor(expected["target"]))
    let model = try CheckpointFile(opening: path).loadModel()
    let optimizer = SGD(learningRate: 0.125, momentum: 0.5)
    let loss = withGradientTape {
      let loss = MeanSquaredError()(target, model(x, training: true))
      return model.penalty.map { loss + $0 } ?? loss
    }
    optimizer.apply(loss.gradients(), to: model.trainableVariables)
    let after = try (expected["after"]?.array ?? []).map { try tensor($0) }
    #expect(model.variables.count == after.count)
    for (variable, value) in zip(model.variables, after) {
      expectEqual(variable.value, value, "\(variable.name) of \(path)")
    }
  }
}
