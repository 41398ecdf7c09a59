import Testing

/// Models with ConvLSTM2D, against `conv_lstm/expected.json`.
@Suite("Models with ConvLSTM2D of real Keras")
struct ConvLSTMFileTests {
  static let models = ExpectedModels("conv_lstm")

  @Test("There are files of both Keras, in all their forms")
  func isComplete() { #expect(Self.models.files.count == 8) }

  @Test("Each model and its conversions compute what its Keras computes", arguments: models.files)
  func outputs(file: String) throws { try Self.models.checkOutputs(of: file) }

  @Test("One training step gives Keras's weights", arguments: models.trained)
  func step(file: String) throws { try Self.models.checkStep(of: file) }
}
