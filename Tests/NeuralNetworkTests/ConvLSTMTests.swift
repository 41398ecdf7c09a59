import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// ConvLSTM1D, ConvLSTM2D and ConvLSTM3D, against `conv_lstm.h5`.
@Suite("ConvLSTM1D to ConvLSTM3D like Keras's")
struct ConvLSTMTests {
  static let layers = (try? Golden("conv_lstm.h5").names(in: "layers")) ?? []

  @Test("There are cases of every option")
  func fixtureIsComplete() { #expect(Self.layers.count == 13) }

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
      (#""data_format": "channels_first""#, "'data_format' of the layer 'x'"),
      (#""strides": 2, "dilation_rate": 2"#, "'dilation_rate' of the layer 'x' cannot go together"),
    ], ["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"])
  func refusal(option: (text: String, message: String), className: String) throws {
    let (options, message) = option
    let config = try JSON(
      parsing: #"{"name": "x", "filters": 2, "kernel_size": 2, \#(options)}"#)
    let error = #expect(throws: KerasError.self) {
      try Layer.make(className: className, config: config)
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains(message), "\(error as Any)")
  }

  @Test("A stateful layer goes on where it was, and one with states from there")
  func states() {
    func layer(_ change: (inout RecurrentOptions) -> Void) -> ConvLSTM1D {
      var options = RecurrentOptions()
      change(&options)
      let layer = ConvLSTM1D(2, 2, options: options)
      layer.seed = 1
      layer.build(inputShape: [4, 3, 1])
      return layer
    }
    let x = Tensor((0..<24).map { Float($0 % 7) - 3 }, shape: [2, 4, 3, 1])
    let (start, end) = (x.slice(0..<2, axis: 1), x.slice(2..<4, axis: 1))
    let whole = layer { _ in }(x)
    let stateful = layer { $0.isStateful = true }
    #expect(stateful(start) != whole)
    #expect(relativeDifference(stateful(end).scalars, whole.scalars) < 1e-6)
    stateful.resetStates()
    #expect(relativeDifference(stateful(x).scalars, whole.scalars) < 1e-6)
    let returning = layer { $0.returnsState = true }
    let outputs = returning.outputs(of: [start])
    #expect(outputs.map(\.shape) == [[2, 2, 2], [2, 2, 2], [2, 2, 2]])
    let last = returning.outputs(of: [end] + outputs.dropFirst())[0]
    #expect(relativeDifference(last.scalars, whole.scalars) < 1e-6)
  }

  @Test("Steps that the mask leaves out keep the state, and the output unless it is to be 0")
  func masks() {
    func layer(zeros: Bool) -> ConvLSTM1D {
      var options = RecurrentOptions()
      (options.returnsSequences, options.zerosMaskedOutputs) = (true, zeros)
      let layer = ConvLSTM1D(2, 2, options: options)
      layer.seed = 1
      layer.build(inputShape: [4, 3, 1])
      return layer
    }
    let x = Tensor((0..<12).map { Float($0 % 7) - 3 }, shape: [1, 4, 3, 1])
    let mask = Tensor([0, 1, 0, 1], shape: [1, 4])
    let used = Tensor(
      concatenating: [x.slice(1..<2, axis: 1), x.slice(3..<4, axis: 1)], axis: 1)
    let expected = layer(zeros: false)(used).scalars
    let (first, second) = (Array(expected.prefix(4)), Array(expected.suffix(4)))
    let none: [Float] = [0, 0, 0, 0]
    let kept = layer(zeros: false)(x.withMask(mask))
    #expect(relativeDifference(kept.scalars, none + first + first + second) < 1e-6)
    #expect(kept.mask?.scalars == [0, 1, 0, 1])
    let zeros = layer(zeros: true)(x.withMask(mask))
    #expect(relativeDifference(zeros.scalars, none + first + none + second) < 1e-6)
    // A mask with more axes leaves a step out if it leaves all of it out.
    let wide = Tensor([0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 1], shape: [1, 4, 3])
    #expect(layer(zeros: false)(x.withMask(wide)) == kept)
  }
}
