import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// The recurrent layers, against `recurrent.h5`.
@Suite("Recurrent layers like Keras's")
struct RecurrentLayerTests {
  static let layers = (try? Golden("recurrent.h5").names(in: "layers")) ?? []

  @Test("There are cases of every layer")
  func fixtureIsComplete() throws {
    let golden = try Golden("recurrent.h5")
    let classes = try Set(
      Self.layers.map { try golden.json("config", of: "layers/\($0)")["class_name"]?.string })
    #expect(classes == ["GRU", "LSTM", "SimpleRNN"])
    #expect(Self.layers.count == 44)
  }

  @Test(
    "Shape, output and gradients agree with Keras, and the options are those Keras was given",
    arguments: layers)
  func layer(name: String) throws {
    try check(name, in: "recurrent.h5")
  }

  @Test("A stateful layer continues where it stopped, until its state is reset")
  func states() {
    var options = RecurrentOptions()
    options.returnsSequences = true
    let whole = LSTM(4, options: options)
    whole.seed = 1
    options.isStateful = true
    let parts = LSTM(4, options: options)
    parts.seed = 1
    let x = Tensor((0..<48).map { Float($0 % 7) - 3 }, shape: [2, 8, 3])
    let y = whole(x)
    for _ in 0..<2 {
      let first = parts(x.slice(0..<3, axis: 1))
      let second = parts(x.slice(3..<8, axis: 1))
      #expect(Tensor(concatenating: [first, second], axis: 1).scalars == y.scalars)
      parts.resetStates()
    }
  }

  @Test("Dropout changes training alone, and the state's factors are those of every step")
  func dropout() {
    var options = RecurrentOptions()
    options.recurrentDropout = 0.5
    options.dropout = 0.5
    let layer = SimpleRNN(64, options: options)
    layer.seed = 2
    let x = Tensor(repeating: 1, shape: [3, 5, 8])
    let plain = layer(x)
    #expect(layer(x).scalars == plain.scalars)
    #expect(layer(x, training: true).scalars != plain.scalars)
  }

  @Test("The rows of an orthogonal matrix, or its columns, have the length 1 and right angles")
  func orthogonal() {
    let shapes: [(Shape, axis: Int)] = [
      ([4, 12], 1), ([12, 4], 0), ([5, 5], 1), ([100, 100], 1), ([75, 300], 1), ([150, 70], 0),
    ]
    for (shape, axis) in shapes {
      let x = Initializer.orthogonal(gain: 2)(shape, stream: RandomStream(seed: 1, stream: 0))
      let product = axis == 1 ? x.matrixProduct(x.transposed()) : x.transposed().matrixProduct(x)
      for row in 0..<product.shape[0] {
        for column in 0..<product.shape[1] {
          #expect(abs(product[row, column] - (row == column ? 4 : 0)) < 1e-5)
        }
      }
    }
  }

  @Test(
    "Invalid options are refused with a sentence",
    arguments: [
      ("LSTM", #""units": 0"#, "'units' of the layer 'x' is not a whole number in 1...131072"),
      ("LSTM", #""units": 2, "activation": "gelu""#, "'activation' of the layer 'x' is none of"),
      ("GRU", #""units": 2, "dropout": 1"#, "'dropout' of the layer 'x' is not a number in 0..<1"),
      ("Bidirectional", "", "'layer' of the layer 'x' is not a layer"),
      (
        "Bidirectional", #""layer": {"class_name": "Dense", "config": {"units": 2}}"#,
        "'layer' of the layer 'x' is not a recurrent layer"
      ),
      (
        "Bidirectional",
        #""merge_mode": "max", "layer": {"class_name": "LSTM", "config": {"units": 2}}"#,
        "'merge_mode' of the layer 'x' is max, not one of concat, sum, mul, ave"
      ),
      ("Embedding", #""input_dim": 4"#, "'output_dim' of the layer 'x' is not a whole number"),
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
