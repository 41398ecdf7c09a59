import Testing

/// Models in which layers get a mask, against `masks/expected.json`.
@Suite("Models of real Keras with masks")
struct MaskFileTests {
  static let models = ExpectedModels("masks")

  @Test("There are files of both Keras, in all their forms")
  func isComplete() { #expect(Self.models.files.count == 12) }

  @Test("Each model and its conversions compute what its Keras computes", arguments: models.files)
  func outputs(file: String) throws { try Self.models.checkOutputs(of: file) }

  @Test("One training step gives Keras's weights and moving averages", arguments: models.trained)
  func step(file: String) throws { try Self.models.checkStep(of: file) }
}
