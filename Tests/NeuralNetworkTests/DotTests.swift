import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("Dot")
struct DotTests {
  private func layer(_ options: String) throws -> Layer {
    try Layer.make(className: "Dot", config: JSON(parsing: #"{"name": "d", \#(options)}"#))
  }

  @Test(
    "Invalid options are refused with a sentence",
    arguments: [
      (#""axes": 0"#, "'axes' of the layer 'd' is not one or two axes other than 0"),
      (#""axes": [1, 2, 1]"#, "'axes' of the layer 'd' is not one or two axes other than 0"),
      (#""axes": "last""#, "'axes' of the layer 'd' is not at most 8 whole numbers in -8...8"),
      (#""axes": 1, "normalize": 2"#, "'normalize' of the layer 'd' is neither true nor false"),
      (#""normalize": true"#, "'axes' of the layer 'd' is not one or two axes other than 0"),
    ])
  func refusals(options: String, sentence: String) {
    let error = #expect(throws: KerasError.self) { try layer(options) }
    #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "none")")
  }

  @Test("Inputs that do not fit are refused")
  func shapes() throws {
    let dot = Dot(axes: (2, 1), name: "d")
    #expect(try dot.outputShape(inputShapes: [[3, 4], [4, 5]]) == [3, 5])
    #expect(try Dot(axes: (1, 1)).outputShape(inputShapes: [[4], [4]]) == [1])
    #expect(throws: ShapeError(dot, "takes two inputs, not 1")) {
      try dot.outputShape(inputShapes: [[3, 4]])
    }
    let axes = "has the axes (2, 1), which its inputs [4] and [4, 5] have not"
    #expect(throws: ShapeError(dot, axes)) { try dot.outputShape(inputShapes: [[4], [4, 5]]) }
    let extents = "has inputs of the shapes [3, 4] and [5, 4], which differ along the axes (2, 1)"
    #expect(throws: ShapeError(dot, extents)) {
      try dot.outputShape(inputShapes: [[3, 4], [5, 4]])
    }
  }
}
