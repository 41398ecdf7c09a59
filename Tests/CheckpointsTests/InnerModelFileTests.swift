import Testing

/// Models of compiled models of Keras 3 and tf_keras, against `inner/expected.json`.
@Suite("Models of compiled models of real Keras")
struct InnerModelFileTests {
  static let models = ExpectedModels("inner")

  @Test("There are files of both Keras") func isComplete() { #expect(Self.models.files.count == 4) }

  @Test("Each model and its conversions compute what its Keras computes", arguments: models.files)
  func outputs(file: String) throws { try Self.models.checkOutputs(of: file) }

  @Test("One training step gives Keras's weights", arguments: models.trained)
  func step(file: String) throws { try Self.models.checkStep(of: file) }
}
