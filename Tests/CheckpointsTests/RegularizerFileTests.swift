import Testing

/// Models with regularizers and constraints, against `regularizers/expected.json`.
@Suite("Models with regularizers and constraints of real Keras")
struct RegularizerFileTests {
  static let models = ExpectedModels("regularizers")

  @Test("There are files of both Keras, in all their forms")
  func isComplete() { #expect(Self.models.files.count == 12) }

  @Test("Each model and its conversions compute what its Keras computes", arguments: models.files)
  func outputs(file: String) throws { try Self.models.checkOutputs(of: file) }

  @Test("One training step gives Keras's weights", arguments: models.trained)
  func step(file: String) throws { try Self.models.checkStep(of: file) }

  @Test("So does a step of each conversion", arguments: models.trained)
  func stepOfConversions(file: String) throws {
    try Self.models.checkStepsOfConversions(of: file)
  }
}
