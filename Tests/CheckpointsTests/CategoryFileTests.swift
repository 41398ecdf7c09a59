import JSON
import NeuralNetwork
import Tensors
import Testing

/// Models of Keras 3 and tf_keras that encode categories, against `categories/expected.json`.
@Suite("Models of real Keras that encode categories")
struct CategoryFileTests {
  static let models = ExpectedModels("categories")

  @Test("There are files of both Keras, in all their forms")
  func isComplete() { #expect(Self.models.files.count == 12) }

  @Test("Each model and its conversions compute what its Keras computes", arguments: models.files)
  func outputs(file: String) throws { try Self.models.checkOutputs(of: file) }

  @Test("One training step gives Keras's weights", arguments: models.trained)
  func step(file: String) throws { try Self.models.checkStep(of: file) }

  @Test("Numbers outside of the categories leave zeros, and ranges have open ends")
  func edges() {
    let numbers: Tensor = [[-1, 2, 9, 1e30]]
    #expect(CategoryEncoding(3)(numbers).scalars == [0, 0, 1])
    let counted: Tensor = [[1, 1, 2.5]]
    #expect(CategoryEncoding(3, mode: .count)(counted).scalars == [0, 2, 1])
    let values: Tensor = [[-1.5, 1, 3.4, 0.5], [0, 2, -1e30, 1e30]]
    let ranges = Discretization([0, 1, 2])(values)
    #expect(ranges.scalars == [0, 2, 3, 1, 1, 3, 0, 3])
  }

  @Test(
    "Invalid options are refused with a sentence",
    arguments: [
      ("CategoryEncoding", "", "'num_tokens' of the layer 'x' is not a whole number"),
      (
        "CategoryEncoding", #""num_tokens": 2, "output_mode": "int""#,
        "'output_mode' of the layer 'x' is \"int\", not one of one_hot, multi_hot, count"
      ),
      (
        "CategoryEncoding", #""num_tokens": 2, "sparse": true"#,
        "'sparse' of the layer 'x' is true, which is not supported"
      ),
      (
        "Discretization", #""num_bins": 4"#,
        "'bin_boundaries' of the layer 'x' is not given: boundaries among the weights"
      ),
      (
        "Discretization", #""bin_boundaries": [1, 0]"#,
        "'bin_boundaries' of the layer 'x' is not a list of numbers in ascending order"
      ),
    ])
  func refusal(className: String, options: String, message: String) throws {
    let comma = options.isEmpty ? "" : ", "
    let config = try JSON(parsing: #"{"name": "x"\#(comma)\#(options)}"#)
    let error = #expect(throws: KerasError.self) {
      try Layer.make(className: className, config: config)
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains(message), "\(error as Any)")
  }
}
