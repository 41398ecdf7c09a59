import Conversion
import ModelFiles
import Testing
import TestSupport

/// Models with regularizers and constraints, against `regularizers/expected.json`.
@Suite("Models with regularizers and constraints of real Keras")
struct RegularizerFileTests {
  static let models = ExpectedModels("regularizers")

  /// The models with the same penalties in both Keras.
  static let common = models.trained.filter { !$0.contains("_only") }

  @Test("There are files of both Keras, in all their forms")
  func isComplete() { #expect(Self.models.files.count == 36) }

  @Test("Each model and its conversions compute what its Keras computes", arguments: models.files)
  func outputs(file: String) throws { try Self.models.checkOutputs(of: file) }

  @Test("One training step gives Keras's weights", arguments: models.trained)
  func step(file: String) throws { try Self.models.checkStep(of: file) }

  @Test("So does a step of each conversion", arguments: common)
  func stepOfConversions(file: String) throws {
    try Self.models.checkStepsOfConversions(of: file)
  }

  @Test("An evaluation gives Keras's loss, with all penalties", arguments: models.trained)
  func loss(file: String) throws { try Self.models.checkLoss(of: file) }

  @Test(
    "A conversion says that the other Keras has other penalties",
    arguments: models.trained.filter { $0.contains("_only") })
  func others(file: String) throws {
    let path = fixture("regularizers/\(file)")
    let isKeras3 = file.hasPrefix("keras3")
    try withTemporaryDirectory { directory in
      for (name, format) in [("a.keras", ModelFileFormat.keras), ("a.h5", .tfKeras)] {
        // Those of a gate exist in Keras 3 alone.
        if file.contains("gate"), format == .tfKeras { continue }
        let conversion = try Conversion(of: path, to: "\(directory)/\(name)", as: format)
        let isSame = isKeras3 == (format == .keras)
        #expect(
          conversion.notes.contains { "\($0)".contains("activity_regularizer") } == !isSame)
        if isSame { try Self.models.checkStep("\(directory)/\(name)", file) }
      }
    }
  }
}
