import Checkpoints
import Conversion
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// Recurrent models of Keras 3 and tf_keras, against `recurrent/expected.json`.
@Suite("Recurrent models of real Keras")
struct RecurrentFileTests {
  static let models = ExpectedModels("recurrent")

  @Test("There are files of both Keras, in all their forms")
  func isComplete() {
    for prefix in ["keras3_", "tf_keras_"] {
      for name in [
        "averaged", "film", "masked", "old", "old_functions", "paragraphs", "pictures", "scenes",
        "stacked", "states_only", "words",
      ] {
        #expect(Self.models.files.contains("\(prefix)\(name).h5"))
        #expect(Self.models.files.contains("\(prefix)\(name).keras"))
      }
    }
    #expect(Self.models.files.contains("tf_keras_cudnn.h5"))
  }

  @Test("Each model and its conversions compute what its Keras computes", arguments: models.files)
  func outputs(file: String) throws { try Self.models.checkOutputs(of: file) }

  @Test(
    "A note says that cells with the hard_sigmoid of the other Keras get other weights",
    arguments: [
      ("keras3_old.h5", ModelFileFormat.tfKeras, "multiplied by 0.8333333"),
      ("tf_keras_old.h5", .keras, "multiplied by 1.2"),
      ("keras3_old_functions.h5", .tfKeras, "multiplied by 0.8333333"),
      ("tf_keras_old_functions.h5", .keras, "multiplied by 1.2"),
    ])
  func hardSigmoid(file: String, format: ModelFileFormat, note: String) throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.\(format == .keras ? "keras" : "h5")"
      let conversion = try Conversion(of: fixture("recurrent/\(file)"), to: path, as: format)
      #expect(conversion.notes.contains { $0.contains(note) }, "\(conversion.notes)")
    }
  }

  @Test("A checkpoint keeps the functions that Keras 3 lacks")
  func ownFunctions() throws {
    var options = RecurrentOptions()
    options.recurrentActivation = .keras2HardSigmoid
    let model = Sequential([LSTM(3, options: options), Dense(2, activation: .keras2HardSigmoid)])
    model.seed = 1
    model.build(inputShape: [6, 4])
    var random = RandomStream(seed: 1, stream: 0)
    let x = Tensor(random.uniform(in: -3..<3, count: 48), shape: [2, 6, 4])
    try withTemporaryDirectory { directory in
      try Checkpoint(model: model).save(to: "\(directory)/a.h5")
      let loaded = try CheckpointFile(opening: "\(directory)/a.h5").loadModel()
      #expect(loaded(x).scalars == model(x).scalars)
    }
  }

  @Test("A note says that Keras 2 trains batch normalization over all steps together")
  func stepStatistics() throws {
    for (file, isNoted) in [
      ("tf_keras_scenes.h5", true), ("tf_keras_pictures.keras", true), ("keras3_scenes.h5", false),
      ("tf_keras_film.h5", false),
    ] {
      let notes = try CheckpointFile(opening: fixture("recurrent/\(file)")).architecture().notes
      #expect(
        notes.contains { $0.description.contains("of each step alone") } == isNoted, "\(file)")
    }
  }

  @Test("One training step gives Keras's weights", arguments: models.trained)
  func step(file: String) throws { try Self.models.checkStep(of: file) }
}
