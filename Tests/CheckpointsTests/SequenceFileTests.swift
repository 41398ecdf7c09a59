import Testing

/// Models over sequences of Keras 3, tf_keras and Keras 2.13, against `sequences/expected.json`.
@Suite("Models over sequences of real Keras")
struct SequenceFileTests {
  static let models = ExpectedModels("sequences")

  @Test("There are files of three Keras, in all their forms")
  func isComplete() {
    #expect(Self.models.files.count == 19)
    for prefix in ["keras3_", "tf_keras_", "keras-2.13_"] {
      #expect(Self.models.files.contains("\(prefix)convolutions.h5"))
      #expect(Self.models.files.contains("\(prefix)pooling.keras"))
      #expect(Self.models.files.contains("\(prefix)channels_first.keras"))
    }
  }

  @Test("Each model and its conversions compute what its Keras computes", arguments: models.files)
  func outputs(file: String) throws { try Self.models.checkOutputs(of: file) }

  @Test("One training step gives Keras's weights", arguments: models.trained)
  func step(file: String) throws { try Self.models.checkStep(of: file) }
}
