import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// ConvLSTM2D, against `conv_lstm.h5`.
@Suite("ConvLSTM2D like Keras's")
struct ConvLSTMTests {
  static let layers = (try? Golden("conv_lstm.h5").names(in: "layers")) ?? []

  @Test("There are cases of every option")
  func fixtureIsComplete() { #expect(Self.layers.count == 7) }

  @Test(
    "Shape, output and gradients agree with Keras, and the options are those Keras was given",
    arguments: layers)
  func layer(name: String) throws {
    try check(name, in: "conv_lstm.h5")
  }

  @Test("Dropout drops in training alone, and leaves the rest as it is at a rate of almost 0")
  func dropout() {
    func layer(_ rate: Float) -> ConvLSTM2D {
      var options = RecurrentOptions()
      options.returnsSequences = true
      (options.dropout, options.recurrentDropout) = (rate, rate)
      return ConvLSTM2D(2, 2, options: options)
    }
    let x = Tensor((0..<2 * 3 * 16).map { Float($0 % 5) - 2 }, shape: [2, 3, 4, 4, 1])
    let (plain, dropping, almost) = (layer(0), layer(0.5), layer(1e-7))
    for layer in [plain, dropping, almost] { layer.build(inputShape: [3, 4, 4, 1]) }
    for layer in [dropping, almost] {
      for (weight, other) in zip(layer.weights, plain.weights) { weight.value = other.value }
    }
    let y = plain(x, training: true)
    #expect(dropping(x) == y)
    #expect(dropping(x, training: true) != y)
    let differences = zip(almost(x, training: true).scalars, y.scalars).map { abs($0 - $1) }
    #expect(differences.allSatisfy { $0 <= 1e-5 })
  }

  @Test(
    "Options that are not supported are refused with a sentence",
    arguments: [
      (#""return_state": true"#, "'return_state' of the layer 'x' is true"),
      (#""stateful": true"#, "'stateful' of the layer 'x' is true"),
      (#""data_format": "channels_first""#, "'data_format' of the layer 'x'"),
      (#""strides": 2, "dilation_rate": 2"#, "'dilation_rate' of the layer 'x' cannot go together"),
    ])
  func refusal(options: String, message: String) throws {
    let config = try JSON(
      parsing: #"{"name": "x", "filters": 2, "kernel_size": 2, \#(options)}"#)
    let error = #expect(throws: KerasError.self) {
      try Layer.make(className: "ConvLSTM2D", config: config)
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains(message), "\(error as Any)")
  }
}
