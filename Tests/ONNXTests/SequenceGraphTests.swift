import NeuralNetwork
import ONNX
import Tensors
import TestSupport
import Testing

/// `tools/keras/check_onnx.py` compares what ONNX Runtime computes with every layer.
@Suite("ONNX graphs of sequences, volumes and attention")
struct SequenceGraphTests {
  private func bytes(_ model: Model) throws -> [UInt8] {
    let architecture = try #require(Architecture(model))
    return try ModelProto(architecture, producerVersion: "1.2.3", metadata: [])
      .encoded { layer, index throws(Never) in layer.weights[index].value }
  }

  private func decoded(_ layers: [Layer], _ shape: Shape) throws -> DecodedModel {
    let model = Sequential(layers)
    model.build(inputShape: shape)
    return try #require(DecodedModel(try bytes(model)))
  }

  private func options(_ change: (inout RecurrentOptions) -> Void) -> RecurrentOptions {
    var options = RecurrentOptions()
    change(&options)
    return options
  }

  @Test("Recurrent layers have the bytes that the Python package of ONNX writes")
  func recurrent() throws {
    let lstm = LSTM(
      2,
      options: options {
        $0.returnsSequences = true
        $0.recurrentActivation = .hardSigmoid
      })
    let model = Sequential(
      [
        Embedding(5, 2, name: "words"), Bidirectional(lstm, name: "both"),
        GRU(3, options: options { $0.goesBackwards = true }, name: "gru"),
      ], name: "sequences")
    model.build(inputShape: [4])
    // Multiples of 1/8, as in `tools/fixtures/onnx_models.py`.
    for (index, variable) in model.variables.enumerated() {
      let count = variable.shape.elementCount
      variable.value = Tensor(
        (0..<count).map { Float(($0 * 7 + index) % 13) / 8 - 0.75 }, shape: variable.shape)
    }
    #expect(try isFile(fixture("sequences.onnx"), try bytes(model)))
  }

  @Test("Both directions are one node where their options allow it, otherwise two")
  func directions() throws {
    func nodes(_ layer: BaseRecurrent, _ backward: BaseRecurrent? = nil) throws -> [String] {
      let model = try decoded([Bidirectional(layer, backward: backward)], [5, 2])
      return model.operators.filter { ["LSTM", "GRU", "RNN"].contains($0) }
    }
    let backwards = options { $0.goesBackwards = true }
    #expect(try nodes(LSTM(3)) == ["LSTM"])
    #expect(try nodes(LSTM(3), LSTM(3, options: backwards)) == ["LSTM"])
    #expect(try nodes(LSTM(3), LSTM(4, options: backwards)) == ["LSTM", "LSTM"])
    #expect(try nodes(SimpleRNN(3), GRU(3, options: backwards)) == ["RNN", "GRU"])
    #expect(
      try nodes(GRU(3), GRU(3, resetsAfter: false, options: backwards)) == ["GRU", "GRU"])
    #expect(try nodes(LSTM(3, options: backwards)) == ["LSTM", "LSTM"])
  }

  @Test("A mask reaches recurrent layers through others, and has no nodes if none uses it")
  func masks() throws {
    /// The recurrent nodes that get lengths of sequences.
    func masked(_ layers: [Layer], _ shape: Shape) throws -> [String] {
      let model = try decoded(layers, shape)
      let nodes = model.nodes.filter { node in
        ["LSTM", "GRU", "RNN"].contains(node.type) && node.inputs.dropFirst(4).first ?? "" != ""
      }
      #expect(model.operators.count { $0 == "TopK" } == nodes.count)
      return nodes.map(\.type)
    }
    let words = Embedding(5, 2, masksZero: true)
    #expect(try masked([words, Dropout(0.5), Dense(3), LSTM(2)], [4]) == ["LSTM"])
    let steps = GRU(2, options: options { $0.returnsSequences = true })
    #expect(try masked([Masking(), ReLU(), steps, SimpleRNN(2)], [4, 3]) == ["GRU", "RNN"])
    // A convolution drops the mask, and the last output has none.
    #expect(try masked([Masking(), Conv1D(3, 2), LSTM(2)], [4, 3]) == [])
    #expect(try masked([Masking(), GRU(2), RepeatVector(3), LSTM(2)], [4, 3]) == ["GRU"])
    #expect(
      try masked([Masking(), Bidirectional(LSTM(2)), Dense(1)], [4, 3]) == ["LSTM", "LSTM"])
    #expect(try decoded([Masking(), Dense(2, useBias: false)], [4, 3]).operators == ["MatMul"])
  }

  @Test("The average of the steps that a mask keeps is not that of all steps")
  func average() throws {
    let masked = try decoded([Masking(), GlobalAveragePooling1D()], [4, 3])
    #expect(
      masked.operators == [
        "Equal", "Not", "Cast", "ReduceMax", "Cast", "Unsqueeze", "Where", "Cast", "ReduceSum",
        "ReduceSum", "Div",
      ])
    let plain = try decoded([GlobalAveragePooling1D()], [4, 3])
    #expect(plain.operators == ["Transpose", "GlobalAveragePool", "Flatten"])
  }

  @Test("A layer that keeps its states between batches is refused by its name")
  func refused() throws {
    let stateful = options { $0.isStateful = true }
    let selu = options {
      $0.isStateful = true
      $0.activation = .selu
    }
    let cells: [(Layer, Shape)] = [
      (LSTM(2, options: stateful, name: "cell"), [4, 3]),
      (GRU(2, options: selu, name: "cell"), [4, 3]),
      (Bidirectional(SimpleRNN(2, options: stateful), name: "cell"), [4, 3]),
      (ConvLSTM1D(2, 1, options: stateful, name: "cell"), [4, 3, 1]),
      (ConvLSTM2D(2, 1, options: stateful, name: "cell"), [4, 3, 3, 1]),
      (ConvLSTM3D(2, 1, options: stateful, name: "cell"), [4, 3, 3, 3, 1]),
    ]
    let reason = "keeps its states between batches (stateful), unlike ONNX"
    for (layer, shape) in cells {
      #expect(throws: ONNXError.unsupported(layer: "cell", reason: reason)) {
        try decoded([layer], shape)
      }
    }
  }

  @Test("A cell with a function that ONNX's operators lack is written step by step")
  func stepwise() throws {
    let selu = options { $0.activation = .selu }
    func operators(_ layer: Layer, _ layers: [Layer] = []) throws -> [String] {
      try decoded(layers + [layer], [4, 3]).operators
    }
    let cells: [(Layer, products: Int, functions: Int)] = [
      (SimpleRNN(2, options: selu), 5, 4), (LSTM(2, options: selu), 5, 8),
      (GRU(2, options: selu), 5, 4), (GRU(2, resetsAfter: false, options: selu), 9, 4),
      (Bidirectional(LSTM(2, options: selu)), 10, 16),
    ]
    for (layer, products, functions) in cells {
      let found = try operators(layer)
      #expect(found.count { $0 == "MatMul" } == products, "\(type(of: layer))")
      #expect(found.count { $0 == "Selu" } == functions, "\(type(of: layer))")
      #expect(!found.contains { ["LSTM", "GRU", "RNN", "Where"].contains($0) })
    }
    // The state and the output of each step.
    #expect(try operators(SimpleRNN(2, options: selu), [Masking()]).count { $0 == "Where" } == 8)
  }

  @Test("A layer of each step sees all steps as one batch, whose extent has a name of its own")
  func steps() throws {
    let model = try decoded([TimeDistributed(Dense(3, name: "inner"), name: "outer")], [4, 2])
    #expect(model.operators == ["Reshape", "Gemm", "Reshape"])
    #expect(model.nodes[1].name == "outer/inner/Gemm")
    #expect(model.initializers.keys.contains("outer/inner/kernel"))
    #expect(model.batches == ["N_times_4"])
    let nested = try decoded(
      [TimeDistributed(TimeDistributed(Dense(3))), TimeDistributed(Flatten())], [4, 5, 2])
    #expect(nested.batches == ["N", "N_times_20", "N_times_4"])
  }

  @Test("Layers of volumes need one Transpose at the input")
  func volumes() throws {
    let model = try decoded(
      [
        Conv3D(4, 3, padding: .same, activation: .relu), MaxPooling3D(), ZeroPadding3D(),
        UpSampling3D(), Cropping3D(), AveragePooling3D(), Conv3DTranspose(2, 2, strides: 2),
        GlobalAveragePooling3D(), Dense(2),
      ], [8, 8, 8, 1])
    #expect(
      model.operators == [
        "Transpose", "Conv", "Relu", "MaxPool", "Pad", "Resize", "Slice", "AveragePool",
        "ConvTranspose", "GlobalAveragePool", "Flatten", "Gemm",
      ])
    let pooled = try decoded([GlobalMaxPooling3D(keepDimensions: true)], [4, 4, 4, 2])
    #expect(pooled.operators == ["Transpose", "GlobalMaxPool", "Transpose"])
  }

  @Test("A convolutional cell has one convolution of all steps and one for each later step")
  func convolutionalCell() throws {
    let layers: [(Layer, Shape)] = [
      (ConvLSTM1D(2, 3), [4, 6, 1]), (ConvLSTM2D(2, 3), [4, 6, 6, 1]),
      (ConvLSTM3D(2, 3), [4, 6, 6, 6, 1]),
    ]
    for (layer, shape) in layers {
      let model = try decoded([layer], shape)
      #expect(model.operators.count { $0 == "Conv" } == 4)
      #expect(model.operators.count { $0 == "Split" } == 5)
      #expect(!model.operators.contains("Where"))
    }
  }

  @Test("A step that a mask leaves out keeps the states of a convolutional cell")
  func maskedConvolutionalCell() throws {
    func operators(
      _ shape: Shape, _ layers: [Layer] = [], _ change: (inout RecurrentOptions) -> Void = { _ in }
    ) throws -> [String] {
      let layer = ConvLSTM1D(2, 3, options: options(change))
      return try decoded([Masking()] + layers + [layer], shape).operators
    }
    let frames = TimeDistributed(Reshape([6, 1]))
    #expect(try operators([4, 6], [frames]).count { $0 == "Where" } == 8)
    // Outputs that are not the states.
    let zeros = try operators([4, 6], [frames]) { $0.zerosMaskedOutputs = true }
    #expect(zeros.count { $0 == "Where" } == 12)
    // A step counts if anything of it does.
    #expect(try operators([4, 6], [frames]).count { $0 == "ReduceMax" } == 1)
    #expect(try operators([4, 6, 1]).count { $0 == "ReduceMax" } == 2)
  }

  private final class Continued: Model {
    let first = ConvLSTM2D(2, 3, padding: .same, options: RecurrentOptions.returningState)
    let second = ConvLSTM2D(2, 3, padding: .same, name: "second")

    override func callForOutputs(_ inputs: [Tensor], training: Bool) -> [Tensor] {
      let outputs = first.outputs(of: inputs, training: training)
      return second.outputs(of: inputs + outputs.dropFirst(), training: training)
    }
  }

  @Test("A convolutional cell begins with given states")
  func convolutionalStates() throws {
    let model = Continued()
    model.build(inputShape: [4, 6, 6, 2])
    let nodes = try #require(DecodedModel(try bytes(model))).nodes.filter { $0.type == "Conv" }
    #expect(nodes.count { $0.name.hasPrefix("second/") } == 5)
    #expect(nodes.count == 9)
  }

  /// Shares of scores, of which the model takes those above 0.
  private final class Shares: Model {
    let softmax: Softmax
    let mask = ReLU()

    init(_ axes: [Int]) {
      softmax = Softmax(axes: axes)
      super.init()
    }

    override func call(_ x: Tensor, training: Bool) -> Tensor { softmax([x, mask(x)]) }
  }

  @Test("A mask as an input of a softmax replaces scores before it, and shares behind it")
  func softmaxMask() throws {
    func operators(_ axes: [Int]) throws -> [String] {
      let model = Shares(axes)
      model.build(inputShape: [4, 3])
      return try #require(DecodedModel(try bytes(model))).operators
    }
    #expect(try operators([-1]) == ["Relu", "Greater", "Where", "Softmax", "Where"])
    #expect(
      try operators([1, 2]) == [
        "Relu", "Greater", "Where", "ReduceMax", "Sub", "Exp", "ReduceSum", "Div", "Where",
      ])
  }

  @Test("Einsum gets letters for the axes of an ellipsis")
  func einsum() throws {
    let model = try decoded(
      [EinsumDense("...x,xy->...y", outputShape: [3], biasAxes: "y")], [4, 5, 2])
    #expect(model.operators == ["Einsum", "Add"])
    #expect(model.texts.contains("abcd,de->abce"))
  }

  @Test("Numbers of categories are compared with all categories")
  func categories() throws {
    let encoding = try decoded([CategoryEncoding(3, mode: .oneHot)], [1])
    #expect(encoding.operators == ["GreaterOrEqual", "Less", "And", "Cast"])
    let counts = try decoded([Discretization([0, 1], mode: .count)], [4])
    #expect(
      counts.operators == [
        "Unsqueeze", "Less", "Not", "Cast", "ReduceSum", "Unsqueeze", "GreaterOrEqual", "Less",
        "And", "Cast", "ReduceSum",
      ])
  }

  private final class SelfAttention: Model {
    let words: Embedding
    let attention: Layer

    init(_ attention: Layer, masksZero: Bool = false) {
      words = Embedding(5, 4, masksZero: masksZero)
      self.attention = attention
      super.init()
    }

    override func call(_ x: Tensor, training: Bool) -> Tensor {
      let y = words(x)
      return attention([y, y])
    }
  }

  @Test("Attention is made of products and a softmax, and a mask leaves scores out")
  func attention() throws {
    func decoded(_ attention: Layer, masksZero: Bool = false) throws -> DecodedModel {
      let model = SelfAttention(attention, masksZero: masksZero)
      model.build(inputShape: [3])
      return try #require(DecodedModel(try bytes(model)))
    }
    let dot = try decoded(Attention(useScale: true))
    #expect(
      dot.operators == ["Cast", "Gather", "Transpose", "MatMul", "Mul", "Softmax", "MatMul"])
    let additive = try decoded(AdditiveAttention(isCausal: true))
    #expect(
      additive.operators == [
        "Cast", "Gather", "Unsqueeze", "Unsqueeze", "Add", "Tanh", "Mul", "ReduceSum", "Cast",
        "Where", "Add", "Softmax", "MatMul",
      ])
    let allowed: [Float] = [1, 0, 0, 1, 1, 0, 1, 1, 1]
    #expect(
      additive.initializers["attention/causal"]
        == allowed.flatMap { number in
          stride(from: 0, to: 32, by: 8).map { UInt8(truncatingIfNeeded: number.bitPattern >> $0) }
        })

    // The mask of the values, and the one of the queries.
    let heads = try decoded(MultiHeadAttention(heads: 2, keySize: 3), masksZero: true)
    #expect(heads.operators.count { $0 == "MatMul" } == 6)
    #expect(heads.operators.count { $0 == "And" } == 1)
    #expect(heads.operators.count { $0 == "Where" } == 1)
    let masked = try decoded(Attention(), masksZero: true)
    #expect(masked.operators.count { $0 == "Where" } == 2)
    let plain = try decoded(MultiHeadAttention(heads: 2, keySize: 3))
    #expect(!plain.operators.contains("Where"))
  }
}

extension RecurrentOptions {
  fileprivate static var returningState: RecurrentOptions {
    var options = RecurrentOptions()
    options.returnsState = true
    return options
  }
}
