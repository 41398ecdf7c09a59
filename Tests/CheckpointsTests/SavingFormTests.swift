import Checkpoints
import Conversion
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("Saving a model in the forms of Keras")
struct SavingFormTests {
  @Test(
    "A model is saved in the form that its path or the caller names, as convert writes it",
    arguments: [
      ("model.keras", nil, ModelFileFormat.keras), ("model.h5", nil, .weights),
      ("model.h5", .tfKeras, .tfKeras), ("model", .keras, .keras),
      ("model.safetensors", nil, .safetensors),
    ] as [(String, ModelFileFormat?, ModelFileFormat)])
  func forms(name: String, asked: ModelFileFormat?, expected: ModelFileFormat) throws {
    try withTemporaryDirectory { directory in
      let (model, optimizer) = (makeModel(seed: 3), Adam())
      train(model, optimizer, steps: 0..<2)
      let checkpoint = Checkpoint(
        model: model, optimizer: optimizer, loss: SparseCategoricalCrossentropy(fromLogits: true))
      let (path, first) = ("\(directory)/\(name)", "\(directory)/first.h5")
      try checkpoint.save(to: path, as: asked)
      try checkpoint.save(to: first)
      _ = try Conversion(of: first, to: "\(directory)/converted", as: expected)
      #expect(try readBytes(path) == readBytes("\(directory)/converted"))
      let loaded = try CheckpointFile(opening: path).loadModel()
      #expect(loaded.variables.map(\.value) == model.variables.map(\.value))
    }
  }
}
