import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// Models of compiled models of Keras 3, tf_keras and Keras 2.13, against `inner/expected.json`.
@Suite("Models of compiled models of real Keras")
struct InnerModelFileTests {
  static let models = ExpectedModels("inner")

  @Test("There are files of three Keras") func isComplete() {
    #expect(Self.models.files.count == 6)
  }

  @Test("Each model and its conversions compute what its Keras computes", arguments: models.files)
  func outputs(file: String) throws { try Self.models.checkOutputs(of: file) }

  @Test("One training step gives Keras's weights", arguments: models.trained)
  func step(file: String) throws { try Self.models.checkStep(of: file) }

  @Test("Weights over several files are read without the optimizer of the inner model")
  func shards() throws {
    let expected = try CheckpointFile(opening: fixture("inner/keras3_adversarial.keras"))
    let model = try expected.loadModel()
    let weights = model.variables.map(\.value)
    for variable in model.variables { variable.value = variable.value * 0 }
    let shards = try CheckpointFile(opening: fixture("inner/keras3_sharded.weights.json"))
    try shards.loadWeights(into: model)
    #expect(model.variables.map(\.value) == weights)
  }
}
