import Testing

/// Models over volumes, against `volumes/expected.json`.
@Suite("Models over volumes of real Keras")
struct VolumeFileTests {
  static let models = ExpectedModels("volumes")

  @Test("There are files of both Keras, in all their forms")
  func isComplete() { #expect(Self.models.files.count == 12) }

  @Test("Each model and its conversions compute what its Keras computes", arguments: models.files)
  func outputs(file: String) throws { try Self.models.checkOutputs(of: file) }

  @Test("One training step gives Keras's weights", arguments: models.trained)
  func step(file: String) throws { try Self.models.checkStep(of: file) }
}
