import JSON
import NeuralNetwork
import ONNX
import Tensors
import TestSupport
import Testing

/// `tools/keras/check_onnx.py` compares what ONNX Runtime computes with every layer.
@Suite("ONNX")
struct ONNXTests {
  /// Multiples of 1/8, as in `tools/fixtures/onnx_models.py`.
  private func setWeights(of model: Model) {
    for (index, variable) in model.variables.enumerated() {
      let count = variable.shape.elementCount
      let values = Tensor(
        (0..<count).map { Float(($0 * 7 + index) % 13) / 8 - 0.75 }, shape: variable.shape)
      variable.value = variable.name == "moving_variance" ? values * values : values
    }
  }

  private func proto(
    _ model: Model, metadata: [(String, String)] = []
  ) throws -> ModelProto {
    try ModelProto(
      #require(Architecture(model)), producerVersion: "1.2.3",
      metadata: metadata.map { (key: $0, value: $1) })
  }

  private func encoded(_ model: Model, metadata: [(String, String)] = []) throws -> [UInt8] {
    try proto(model, metadata: metadata).encoded { layer, index throws(Never) in
      layer.weights[index].value
    }
  }

  private func decoded(_ layers: [Layer], _ shape: Shape) throws -> DecodedModel {
    let model = Sequential(layers)
    model.build(inputShape: shape)
    return try #require(DecodedModel(try encoded(model)))
  }

  @Test("A chain has the bytes that the Python package of ONNX writes")
  func chain() throws {
    let model = Sequential(
      [
        Conv2D(3, Size2D(3, 2), padding: .same, activation: .relu, name: "conv"),
        BatchNormalization(epsilon: 0.25, name: "norm"), MaxPooling2D(2, name: "pool"),
        Flatten(name: "flatten"), Dropout(0.5), Dense(4, activation: .softmax, name: "dense"),
      ], name: "chain")
    model.build(inputShape: [5, 4, 2])
    setWeights(of: model)
    let bytes = try encoded(
      model, metadata: [("input_layout", "NHWC"), ("class_names", #"["a","β"]"#)])
    #expect(try isFile(fixture("chain.onnx"), bytes))
  }

  private final class Branches: Model {
    let shared = Dense(4, activation: .elu)
    let add = Add()
    let scale = Rescaling(0.5)
    let reshape = Reshape([2, -1])
    let leaky = LeakyReLU(negativeSlope: 0.25)

    override func call(_ x: Tensor, training: Bool) -> Tensor {
      let y = shared(x)
      return leaky(reshape(scale(add([y, shared(y)]))))
    }
  }

  @Test("Branches and a layer that is called twice have the bytes of the Python package")
  func branches() throws {
    let model = Branches(name: "branches")
    model.build(inputShape: [4])
    setWeights(of: model)
    #expect(try isFile(fixture("branches.onnx"), try encoded(model)))
  }

  @Test(
    "Every registered layer has nodes or is left out",
    arguments: KerasRegistry.layers.indices)
  func registry(index: Int) {
    let layer = KerasRegistry.layers[index]
    let hasNodes = layer is any ONNXLayer.Type
    let isOmitted = layer is any OmittedLayer.Type
    #expect(
      hasNodes != isOmitted, "\(layer.className) needs to be an ONNXLayer or an OmittedLayer")
  }

  @Test("Layers that keep the order of images need one Transpose at the input and one at the end")
  func transposes() throws {
    let model = try decoded(
      [
        Rescaling(2), Conv2D(4, 3), BatchNormalization(), PReLU(sharedAxes: [1, 2]),
        ZeroPadding2D(1), UpSampling2D(2), Cropping2D(1), Softmax(), SeparableConv2D(2, 3),
        GaussianNoise(0.1), AveragePooling2D(2), Flatten(), Dense(2),
      ], [8, 8, 3])
    #expect(model.operators.count { $0 == "Transpose" } == 2)
    #expect(model.operators.prefix(3) == ["Mul", "Transpose", "Conv"])
    #expect(model.operators.suffix(3) == ["Transpose", "Flatten", "Gemm"])

    // The order does not matter to one pixel, to one channel, and to the layers of channels first.
    let pixel = try decoded([Conv2D(4, 3), GlobalMaxPooling2D(), Dense(2)], [8, 8, 3])
    #expect(pixel.operators == ["Transpose", "Conv", "GlobalMaxPool", "Flatten", "Gemm"])
    let channel = try decoded([Conv2D(1, 3), Flatten()], [8, 8, 3])
    #expect(channel.operators == ["Transpose", "Conv", "Flatten"])
    let first = try decoded(
      [Permute([2, 3, 1]), Conv2D(1, 3), Permute([3, 1, 2]), Flatten()], [3, 8, 8])
    #expect(first.operators == ["Conv", "Flatten"])
  }

  @Test("Layers that keep the order of sequences need one Transpose at the input")
  func sequences() throws {
    let model = try decoded(
      [
        Conv1D(4, 3, padding: .causal), BatchNormalization(), ReLU(), MaxPooling1D(2),
        ZeroPadding1D(), Cropping1D(), UpSampling1D(), SeparableConv1D(2, 3),
        GroupNormalization(groups: 2), AveragePooling1D(2), SpatialDropout1D(0.5),
        GlobalMaxPooling1D(), Dense(2),
      ], [8, 3])
    #expect(
      model.operators == [
        "Transpose", "Conv", "BatchNormalization", "Relu", "MaxPool", "Pad", "Slice", "Resize",
        "Conv", "Conv", "Reshape", "InstanceNormalization", "Reshape", "Mul", "Add", "AveragePool",
        "GlobalMaxPool", "Flatten", "Gemm",
      ])
    let first = try decoded([Permute([2, 1]), Conv1D(2, 3), Permute([2, 1])], [3, 8])
    #expect(first.operators == ["Conv"])
  }

  @Test("Input and output have the names of the layers, and what is left out has none")
  func names() throws {
    let model = try decoded(
      [Dense(3, name: "a"), Dropout(0.5, name: "b"), Activation(.tanh, name: "c")], [2])
    #expect(model.inputs == ["input_layer"] && model.outputs == ["c"])
    #expect(model.nodes.map(\.name) == ["a/Gemm", "c/Tanh"])
    #expect(model.nodes.last?.outputs == ["c"])
    #expect(Set(model.initializers.keys) == ["a/kernel", "a/bias"])

    let nothing = try decoded([Dropout(0.5), RandomFlip(name: "flip")], [2, 2, 1])
    #expect(nothing.operators == ["Identity"])
    #expect(nothing.inputs == ["input_layer"] && nothing.outputs == ["flip"])
  }

  @Test("The layers of a model in a model are named after both")
  func nested() throws {
    let inner = Sequential([Dense(3, name: "a"), ReLU(name: "b")], name: "inner")
    let model = try decoded([inner, Dense(3, name: "a")], [3])
    #expect(model.nodes.map(\.name) == ["inner/a/Gemm", "inner/b/Relu", "a/Gemm"])
    #expect(model.initializers.count == 4 && model.outputs == ["a"])
  }

  private final class Squares: Layer {
    override func call(_ x: Tensor, training: Bool) -> Tensor { x * x }
  }

  /// A model that is not just a graph.
  private final class Doubled: Model {
    let dense = Dense(2)
    override func call(_ x: Tensor, training: Bool) -> Tensor { dense(x) * 2 }
  }

  @Test("A layer of a user is refused by its name and class")
  func refused() throws {
    #expect(
      throws: ONNXError.unsupported(
        layer: "own", reason: "is of the class 'Squares', which has no form in ONNX")
    ) { try decoded([Dense(2), Squares(name: "own")], [2]) }
    let model = Doubled()
    model.build(inputShape: [2])
    #expect(Architecture(model) == nil)
  }

  @Test("A call with training=True is refused by the name of its layer")
  func training() throws {
    let config = """
      {"class_name": "Functional", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 2], "name": "x"},
         "name": "x", "inbound_nodes": []},
        {"class_name": "Dropout", "config": {"rate": 0.5, "name": "noise"}, "name": "noise",
         "inbound_nodes": [[["x", 0, 0, {"training": true}]]]}],
        "input_layers": [["x", 0, 0]], "output_layers": [["noise", 0, 0]]}}
      """
    let architecture = try Architecture(
      kerasConfig: JSON(parsing: config), kerasVersion: "2.15.0")
    #expect(
      throws: ONNXError.unsupported(
        layer: "noise", reason: "is called with training=True, but ONNX is for inference")
    ) { try ModelProto(architecture, producerVersion: "", metadata: []) }
  }

  @Test("A model of more than 2 GB is refused before its weights are read")
  func tooLarge() throws {
    let side = 23_200
    let dense = Dense(side, useBias: false)
    // Pages of zeros that are never written take no memory.
    dense.adopt(
      [Tensor(zeros: [side, side])], as: try dense.weightSpecifications(inputShape: [side]))
    let model = Sequential([dense])
    model.build(inputShape: [side])
    let size = side * side * 4
    let error = try #require(throws: ONNXError.self) { try proto(model) }
    guard case .tooLarge(let found) = error else {
      Issue.record(error)
      return
    }
    #expect(found > size && found < size + 1000)
    #expect("\(error)".hasSuffix("a file can have at most 2147483647 bytes"))
  }

  @Test("The size of a file is known before it is encoded")
  func size() throws {
    let model = Sequential([Conv2D(70, 3), Flatten(), Dense(200)])
    model.build(inputShape: [9, 9, 1])
    #expect(try proto(model).size == encoded(model).count)
  }
}
