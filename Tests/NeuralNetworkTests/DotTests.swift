import JSON
import NeuralNetwork
import Tensors
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

  @Test("A model with a product is read, with its cost")
  func model() throws {
    let config = """
      {"class_name": "Functional", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "name": "x", "inbound_nodes": [],
          "config": {"name": "x", "batch_shape": [null, 3, 4]}},
        {"class_name": "Permute", "name": "p", "inbound_nodes": [[["x", 0, 0, {}]]],
          "config": {"name": "p", "dims": [2, 1]}},
        {"class_name": "Dot", "name": "d",
          "inbound_nodes": [[["x", 0, 0, {}], ["p", 0, 0, {}]]],
          "config": {"name": "d", "axes": [2, 1], "normalize": false}}
      ], "input_layers": [["x", 0, 0]], "output_layers": [["d", 0, 0]]}}
      """
    let model = try Architecture(kerasConfig: JSON(parsing: config)).makeModel()
    let x = Tensor((0..<12).map(Float.init), shape: [1, 3, 4])
    #expect(model(x) == [[[14, 38, 62], [38, 126, 214], [62, 214, 366]]])
    // 3 rows of 3 columns, which take a vector of 16, and 4 products for each.
    #expect(try model.cost(inputShapes: [[3, 4]]).multiplications == 3 * 16 * 4)
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
