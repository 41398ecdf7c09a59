import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// EinsumDense, against `einsum.h5`.
@Suite("EinsumDense like Keras's")
struct EinsumDenseTests {
  static let layers = (try? Golden("einsum.h5").names(in: "layers")) ?? []

  @Test("There are equations of every kind")
  func fixtureIsComplete() { #expect(Self.layers.count == 10) }

  @Test(
    "Shape, output and gradients agree with Keras, and the options are those Keras was given",
    arguments: layers)
  func layer(name: String) throws {
    try check(name, in: "einsum.h5")
  }

  @Test("An extent that is not given is that of the input")
  func inferred() throws {
    let layer = EinsumDense("abc,dc->adb", outputShape: [4, nil])
    #expect(try layer.outputShape(inputShape: [7, 2]) == [4, 7])
    #expect(throws: ShapeError.self) { try layer.outputShape(inputShape: [7]) }
    let other = EinsumDense("abc,dc->adb", outputShape: [nil, 7])
    #expect(throws: ShapeError.self) { try other.outputShape(inputShape: [7, 2]) }
    let wrong = EinsumDense("abc,dc->adb", outputShape: [4, 6])
    #expect(throws: ShapeError.self) { try wrong.outputShape(inputShape: [7, 2]) }
  }

  @Test(
    "Invalid options are refused with a sentence",
    arguments: [
      (#""equation": "ab,bc->abd", "output_shape": 2"#, "'equation' of the layer 'x' is not an"),
      (#""equation": "abc,cd->ad", "output_shape": 2"#, "'equation' of the layer 'x' is not an"),
      (#""equation": "aab,bc->ac", "output_shape": 2"#, "'equation' of the layer 'x' is not an"),
      (#""equation": "...b,bc->c...", "output_shape": 2"#, "'equation' of the layer 'x' is not"),
      (#""equation": "ab,bc", "output_shape": 2"#, "'equation' of the layer 'x' is not an"),
      (#""equation": "ab,bc->ac", "output_shape": [0]"#, "'output_shape' of the layer 'x'"),
      (#""equation": "ab,bc->ac""#, "'output_shape' of the layer 'x'"),
      (
        #""equation": "ab,bc->ac", "output_shape": 2, "bias_axes": "b""#,
        "'bias_axes' of the layer 'x' is not made of axes of the output"
      ),
      (
        #""equation": "ab,bc->ac", "output_shape": 2, "lora_rank": 3"#,
        "'lora_rank' of the layer 'x'"
      ),
    ])
  func refusal(options: String, message: String) throws {
    let config = try JSON(parsing: #"{"name": "x", \#(options)}"#)
    let error = #expect(throws: KerasError.self) {
      try Layer.make(className: "EinsumDense", config: config)
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains(message), "\(error as Any)")
  }
}
