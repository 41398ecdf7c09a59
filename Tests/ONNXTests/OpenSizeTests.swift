import JSON
import NeuralNetwork
import ONNX
import Tensors
import TestSupport
import Testing

/// `tools/keras/check_onnx.py` compares what ONNX Runtime computes for inputs of several sizes.
@Suite("ONNX graphs of open sizes")
struct OpenSizeTests {
  /// The form of a sequential model whose input has open extents.
  private func decoded(_ extents: String, _ layers: String) throws -> (DecodedModel, Bool) {
    let config = """
      {"class_name": "Sequential", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer",
         "config": {"batch_shape": [null, \(extents)], "name": "x"}}, \(layers)]}}
      """
    let architecture = try Architecture(kerasConfig: JSON(parsing: config), kerasVersion: "3.8.0")
    architecture.makeModel().build(inputShapes: architecture.inputs.map(\.shape))
    let proto = try ModelProto(architecture, producerVersion: "", metadata: [])
    let bytes = proto.encoded { layer, index throws(Never) in layer.weights[index].value }
    return (try #require(DecodedModel(bytes)), ModelProto.keepsOpenSizes(of: architecture))
  }

  private let embedding = """
    {"class_name": "Embedding",
     "config": {"input_dim": 5, "output_dim": 3, "mask_zero": true, "name": "words"}}
    """
  private let cell = """
    {"class_name": "LSTM", "config": {"units": 2, "return_sequences": true, "name": "cell"}}
    """

  @Test("The number of steps stays free if no node depends on it")
  func steps() throws {
    let (model, isOpen) = try decoded("null", "\(embedding), \(cell)")
    #expect(isOpen && model.operators.contains("LSTM") && model.operators.contains("TopK"))
    // The batch, then the steps; only the units of the output are known.
    #expect(model.parameters == [["N", "input_layer_axis1"], ["N", "cell_axis1"]])
    #expect(model.batches == [])
    let dense = #"{"class_name": "Dense", "config": {"units": 4, "name": "inner"}}"#
    let each = #"{"class_name": "TimeDistributed", "config": {"name": "each", "layer": \#(dense)}}"#
    let (steps, areFree) = try decoded("null, 3", "\(cell), \(each)")
    #expect(areFree && steps.parameters == [["N", "input_layer_axis1"], ["N", "each_axis1"]])
    #expect(steps.operators.contains("Shape"))
  }

  @Test("An open extent gets the supported size if a node depends on it")
  func fixed() throws {
    let window = #""filters": 2, "kernel_size": [3, 3], "padding": "same", "strides": [2, 2]"#
    let conv = #"{"class_name": "Conv2D", "config": {"name": "conv", \#(window)}}"#
    let (images, isOpen) = try decoded("null, null, 1", conv)
    #expect(!isOpen && images.parameters == [["N"], ["N"]])
    let (known, isKnown) = try decoded("6, 3", cell)
    #expect(!isKnown && known.parameters == [["N"], ["N"]])
    // Halved twice without a rest before the window of which one side depends on the size.
    let pool = #"{"class_name": "MaxPooling2D", "config": {"pool_size": [2, 2], "name": "NAME"}}"#
    let pools = ["one", "two"].map { pool.replacing("NAME", with: $0) }.joined(separator: ", ")
    let (halved, isHalved) = try decoded("null, null, 1", "\(pools), \(conv)")
    #expect(!isHalved && halved.parameters == [["N"], ["N"]])
  }
}
