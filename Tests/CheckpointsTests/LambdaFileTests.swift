import Conversion
import Inspection
import ModelFiles
import TestSupport
import Testing

/// Models of Keras 3 and tf_keras with Lambda layers, against `lambdas/expected.json`.
@Suite("Lambda layers of real Keras")
struct LambdaFileTests {
  static let models = ExpectedModels("lambdas")

  @Test("There are files of both Keras, in all their forms")
  func isComplete() {
    for prefix in ["keras3_", "tf_keras_"] {
      for name in ["driving", "functional", "steps"] {
        #expect(Self.models.files.contains("\(prefix)\(name).h5"))
        #expect(Self.models.files.contains("\(prefix)\(name).keras"))
      }
    }
  }

  @Test("Each model and its conversions compute what its Keras computes", arguments: models.files)
  func outputs(file: String) throws { try Self.models.checkOutputs(of: file) }

  @Test("One training step gives Keras's weights", arguments: models.trained)
  func step(file: String) throws { try Self.models.checkStep(of: file) }

  @Test(
    "The file is suspicious, and its conversions are not",
    arguments: models.files.filter { $0.contains("driving") }, [ModelFileFormat.keras, .tfKeras])
  func conversions(file: String, format: ModelFileFormat) throws {
    let path = fixture("lambdas/\(file)")
    #expect(!(try Inspector(opening: path).suspicions().isSafeInKeras))
    try withTemporaryDirectory { directory in
      let conversion = try Conversion(of: path, to: "\(directory)/a", as: format)
      #expect(conversion.notes.contains { $0.contains("the Python code of the Lambda layer") })
      let suspicions = try Inspector(opening: "\(directory)/a").suspicions()
      #expect(!suspicions.list.contains { $0.kind == .code }, "\(suspicions.list)")
    }
  }
}
