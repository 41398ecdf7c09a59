import Testing

/// Models with ConvLSTM1D, ConvLSTM2D and ConvLSTM3D, against `conv_lstm/expected.json`.
@Suite("Models with ConvLSTM1D to ConvLSTM3D of real Keras")
struct ConvLSTMFileTests {
  static let models = ExpectedModels("conv_lstm")

  @Test("There are files of both Keras, in all their forms")
  func isComplete() { #expect(Self.models.files.count == 20) }

  @Test("Each model and its conversions compute what its Keras computes", arguments: models.files)
  func outputs(file: String) throws { try Self.models.checkOutputs(of: file) }

  @Test("One training step gives Keras's weights", arguments: models.trained)
  func step(file: String) throws { try Self.models.checkStep(of: file) }
}
