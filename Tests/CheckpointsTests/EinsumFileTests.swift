import Testing

/// Models with EinsumDense, against `einsum/expected.json`.
@Suite("Models with EinsumDense of real Keras")
struct EinsumFileTests {
  static let models = ExpectedModels("einsum")

  @Test("There are files of both Keras, in all their forms")
  func isComplete() { #expect(Self.models.files.count == 8) }

  @Test("Each model and its conversions compute what its Keras computes", arguments: models.files)
  func outputs(file: String) throws { try Self.models.checkOutputs(of: file) }

  @Test("One training step gives Keras's weights", arguments: models.trained)
  func step(file: String) throws { try Self.models.checkStep(of: file) }
}
