import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("Attention layers")
struct AttentionLayerTests {
  private static let tensor = """
    {"class_name": "__keras_tensor__", "config": {"keras_history": ["x", 0, 0]}}
    """

  /// A model that calls a layer on its input.
  private func model(_ className: String, _ options: String, _ call: String) throws -> Architecture
  {
    try Architecture(
      kerasConfig: JSON(
        parsing: """
          {"class_name": "Functional", "config": {"name": "m", "layers": [
            {"class_name": "InputLayer", "name": "x", "inbound_nodes": [],
             "config": {"name": "x", "batch_shape": [null, 4, 3]}},
            {"class_name": "\(className)", "name": "a", "inbound_nodes": [\(call)],
             "config": {"name": "a"\(options)}}],
           "input_layers": [["x", 0, 0]], "output_layers": [["a", 0, 0]]}}
          """))
  }

  private static let heads = #", "num_heads": 2, "key_dim": 2"#

  @Test(
    "Calls and options that are not supported are refused by name",
    arguments: [
      (
        "MultiHeadAttention", heads,
        #"{"args": [X, X], "kwargs": {"return_attention_scores": true}}"#,
        "the layer 'a' is called with {\"return_attention_scores\":true}"
      ),
      (
        "MultiHeadAttention", heads, #"{"args": [X, X], "kwargs": {"attention_mask": X}}"#,
        "the layer 'a' is called with {\"attention_mask\":"
      ),
      (
        "MultiHeadAttention", heads, #"{"args": [X], "kwargs": {"key": X}}"#,
        "the layer 'a' is called with {\"key\":"
      ),
      (
        "MultiHeadAttention", heads,
        #"{"args": [X, X], "kwargs": {"use_causal_mask": true}}, {"args": [X, X], "kwargs": {}}"#,
        "the layer 'a' is called with {}"
      ),
      (
        "MultiHeadAttention", heads + #", "attention_axes": [1, 2]"#,
        #"{"args": [X, X], "kwargs": {}}"#, "'attention_axes' of the layer 'a' is [1, 2]"
      ),
      (
        "MultiHeadAttention", #", "num_heads": 0, "key_dim": 2"#,
        #"{"args": [X, X], "kwargs": {}}"#, "'num_heads' of the layer 'a' is not a whole number"
      ),
      (
        "MultiHeadAttention", heads + #", "output_shape": []"#,
        #"{"args": [X, X], "kwargs": {}}"#, "'output_shape' of the layer 'a' is not 1 to 3"
      ),
      (
        "MultiHeadAttention", heads, #"{"args": [X], "kwargs": {}}"#,
        "takes queries, values and perhaps keys, not 1 inputs"
      ),
      (
        "Attention", "", #"{"args": [[X, X, X, X]], "kwargs": {}}"#,
        "takes queries, values and perhaps keys, not 4 inputs"
      ),
      (
        "Attention", "", #"{"args": [[X, X]], "kwargs": {"mask": [X, X]}}"#,
        "the layer 'a' is called with {\"mask\":"
      ),
      (
        "Attention", #", "score_mode": "cosine""#, #"{"args": [[X, X]], "kwargs": {}}"#,
        "'score_mode' of the layer 'a' is cosine, neither 'dot' nor 'concat'"
      ),
    ])
  func refusal(className: String, options: String, call: String, message: String) throws {
    let error = #expect(throws: (any Error).self) {
      let call = call.replacing("X", with: Self.tensor)
      let architecture = try model(className, options, call)
      _ = try architecture.makeModel().plan(inputShapes: [[4, 3]])
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains(message), "\(error as Any)")
  }

  @Test("A causal layer does not look ahead, in either way to write it")
  func causal() {
    let x = Tensor((0..<48).map { Float($0 % 11) - 5 }, shape: [2, 8, 3])
    let start = x.slice(0..<5, axis: 1)
    for layer in [
      MultiHeadAttention(heads: 2, keySize: 3, isCausal: true), Attention(isCausal: true),
      AdditiveAttention(isCausal: true),
    ] {
      layer.seed = 1
      let (whole, part) = (layer([x, x]), layer([start, start]))
      let difference = relativeDifference(
        whole.slice(0..<5, axis: 1).scalars, part.scalars)
      #expect(difference < 1e-6, "\(layer.name)")
      #expect(layer.outputShape(of: [[8, 3], [8, 3]]) == [8, 3])
    }
  }

  @Test("Dropout changes training alone")
  func dropout() {
    let x = Tensor((0..<48).map { Float($0 % 11) - 5 }, shape: [2, 8, 3])
    for layer in [
      MultiHeadAttention(heads: 2, keySize: 3, dropout: 0.5), Attention(dropout: 0.5),
      AdditiveAttention(dropout: 0.5),
    ] {
      layer.seed = 1
      let plain = layer([x, x])
      #expect(layer([x, x]).scalars == plain.scalars)
      #expect(layer([x, x], training: true).scalars != plain.scalars)
    }
  }

  @Test("A step of a subclassed model with attention is a graph that Keras can read")
  func subclass() throws {
    final class Encoder: Model {
      let attention = MultiHeadAttention(heads: 2, keySize: 2)
      let dense = Dense(2)
      override func call(_ x: Tensor, training: Bool) -> Tensor { dense(attention([x, x])) }
    }
    let model = Encoder()
    let y = model(Tensor(repeating: 1, shape: [1, 4, 3]))
    #expect(y.shape == [1, 4, 2])
    let architecture = try #require(Architecture(model))
    let read = try Architecture(kerasConfig: architecture.kerasConfig(.archive))
    #expect(read.layers.map(\.name) == ["attention", "dense"])
    #expect(model.attention.weights.map(\.shape)[0] == [3, 2, 2])
  }

  @Test("A mask that other layers get, too, is reported for Keras 3, which removes it")
  func sharedMask() throws {
    final class Encoder: Model {
      let embedding = Embedding(5, 4, masksZero: true)
      let attention = MultiHeadAttention(heads: 2, keySize: 2)
      let add = Add()
      override func call(_ x: Tensor, training: Bool) -> Tensor {
        let y = embedding(x)
        return add([y, attention([y, y])])
      }
    }
    let model = Encoder()
    _ = model(Tensor(repeating: 1, shape: [1, 3]))
    let architecture = try #require(Architecture(model))
    #expect(architecture.lost(in: .archive).contains { $0.contains("'attention'") })
    #expect(architecture.lost(in: .keras2).isEmpty)
    let read = try Architecture(kerasConfig: architecture.kerasConfig(.archive))
    #expect(read.notes == [.keptMask(layer: "attention")])
  }
}

extension Layer {
  fileprivate func outputShape(of shapes: [Shape]) -> Shape? {
    try? outputShape(inputShapes: shapes)
  }
}
