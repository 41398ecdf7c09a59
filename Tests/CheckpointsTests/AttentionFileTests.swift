import Conversion
import ModelFiles
import TestSupport
import Testing

/// Models of Keras 3 and tf_keras with attention, against `attention/expected.json`.
@Suite("Attention models of real Keras")
struct AttentionFileTests {
  static let models = ExpectedModels("attention")

  @Test("There are files of both Keras, in all their forms")
  func isComplete() {
    let names = [
      "additive", "by_name", "causal", "dot", "encoder_drops", "heads", "masked",
      "masked_only_drops", "shared",
    ]
    for prefix in ["keras3_", "tf_keras_"] {
      for name in names {
        #expect(Self.models.files.contains("\(prefix)\(name).h5"))
        #expect(Self.models.files.contains("\(prefix)\(name).keras"))
      }
    }
    #expect(Self.models.files.count == 40)
  }

  @Test("Each model and its conversions compute what its Keras computes", arguments: models.files)
  func outputs(file: String) throws { try Self.models.checkOutputs(of: file) }

  @Test("One training step gives Keras's weights", arguments: models.trained)
  func step(file: String) throws { try Self.models.checkStep(of: file) }

  @Test("What Keras 2 does not have is not written for it")
  func onlyKeras3() throws {
    try withTemporaryDirectory { directory in
      let error = #expect(throws: (any Error).self) {
        try Conversion(
          of: fixture("attention/keras3_gated_only.keras"), to: "\(directory)/a", as: .tfKeras)
      }
      #expect("\(error.map { "\($0)" } ?? "")".contains("use_gate"), "\(error as Any)")
    }
  }

  @Test(
    "C, which has no attention, refuses it by name",
    arguments: [
      ("keras3_heads.keras", "MultiHeadAttention"), ("keras3_dot.keras", "Attention"),
      ("keras3_additive.keras", "AdditiveAttention"),
    ])
  func c(file: (name: String, className: String)) throws {
    try withTemporaryDirectory { directory in
      let error = #expect(throws: (any Error).self) {
        try Conversion(of: fixture("attention/\(file.name)"), to: "\(directory)/a", as: .c)
      }
      #expect("\(error.map { "\($0)" } ?? "")".contains(file.className), "\(error as Any)")
    }
  }
}
