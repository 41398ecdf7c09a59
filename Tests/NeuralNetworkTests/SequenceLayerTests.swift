import HDF5
import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// The layers over sequences, against `sequences.h5`.
@Suite("Layers over sequences like Keras's")
struct SequenceLayerTests {
  static let layers = (try? Golden("sequences.h5").names(in: "layers")) ?? []

  @Test("There are cases of every layer")
  func fixtureIsComplete() throws {
    let golden = try Golden("sequences.h5")
    let classes = try Set(
      Self.layers.map { try golden.json("config", of: "layers/\($0)")["class_name"]?.string })
    #expect(
      classes == [
        "AveragePooling1D", "Conv1D", "Conv1DTranspose", "Cropping1D", "DepthwiseConv1D",
        "GlobalAveragePooling1D", "GlobalMaxPooling1D", "MaxPooling1D", "RepeatVector",
        "SeparableConv1D", "SpatialDropout1D", "UpSampling1D", "ZeroPadding1D",
      ])
    #expect(Self.layers.count == 72)
  }

  @Test(
    "Shape, output and gradients agree with Keras, and the options are those Keras was given",
    arguments: layers)
  func layer(name: String) throws {
    try check(name, in: "sequences.h5")
  }

  @Test(
    "Invalid options are refused with a sentence",
    arguments: [
      ("Conv1D", #""filters": 1, "kernel_size": [2, 2]"#, "'kernel_size' of the layer 'x' is not"),
      ("Conv1D", #""filters": 1"#, "'kernel_size' of the layer 'x' is not one whole number in 1"),
      ("Conv1D", #""filters": 1, "kernel_size": 3, "strides": 0"#, "'strides' of the layer 'x'"),
      (
        "Conv1D", #""filters": 1, "kernel_size": 3, "strides": 2, "dilation_rate": 2"#,
        "'dilation_rate' of the layer 'x' cannot go together with strides over 1"
      ),
      (
        "Conv1D", #""filters": 1, "kernel_size": 3, "padding": "full""#,
        "'padding' of the layer 'x' is none of 'valid', 'same' and 'causal'"
      ),
      (
        "Conv1D", #""filters": 1, "kernel_size": 3, "dilation_rate": 14"#,
        "'x' has a window of 29, larger than its input [28, 4]"
      ),
      (
        "Conv1D", #""filters": 6, "kernel_size": 3, "groups": 3"#,
        "'x' has 3 groups, which do not divide the channels of its input [28, 4]"
      ),
      (
        "DepthwiseConv1D", #""kernel_size": 3, "padding": "causal""#,
        "'padding' of the layer 'x' is neither 'valid' nor 'same'"
      ),
      (
        "Conv1DTranspose", #""filters": 1, "kernel_size": 3, "strides": 2, "output_padding": 2"#,
        "'output_padding' of the layer 'x' is not one whole number, at least 0 and less"
      ),
      (
        "Conv1DTranspose", #""filters": 1, "kernel_size": 3, "padding": "causal""#,
        "'padding' of the layer 'x' is neither 'valid' nor 'same'"
      ),
      ("MaxPooling1D", #""padding": "causal""#, "'padding' of the layer 'x' is neither 'valid'"),
      ("MaxPooling1D", #""pool_size": 29"#, "'x' has a window of 29, larger than its input [28,"),
      ("ZeroPadding1D", #""padding": [[1, 2], [3, 4]]"#, "'padding' of the layer 'x' is not one"),
      ("Cropping1D", #""cropping": [1, 2, 3]"#, "'cropping' of the layer 'x' is not one or two"),
      ("Cropping1D", #""cropping": 14"#, "'x' cuts off 28 steps, which leaves nothing of its "),
      ("UpSampling1D", #""size": 1.5"#, "'size' of the layer 'x' is not one whole number in 1"),
      ("RepeatVector", #""n": 3"#, "'x' needs vectors [elements], not [28, 4]"),
      ("RepeatVector", #""n": 0"#, "'n' of the layer 'x' is not a whole number in 1...32768"),
    ])
  func refusals(className: String, options: String, sentence: String) throws {
    let config = #"{"class_name": "\#(className)", "config": {"name": "x", \#(options)}}"#
    let json = try JSON(parsing: config)
    let error = #expect(throws: KerasError.self) { try makeLayer(json, inputShape: [28, 4]) }
    #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "none")")
  }

  @Test("Conv2D has no causal padding")
  func causalImages() throws {
    let options = #""filters": 1, "kernel_size": 3, "padding": "causal""#
    let json = try JSON(parsing: #"{"class_name": "Conv2D", "config": {\#(options)}}"#)
    let error = #expect(throws: KerasError.self) { try makeLayer(json, inputShape: [8, 8, 1]) }
    #expect(error?.description.contains("is neither 'valid' nor 'same'") == true)
    let layer = Conv2D(1, Size2D(1, 3), padding: .causal)
    let problem = "has the padding causal, which only layers over sequences support"
    #expect(throws: ShapeError(layer, problem)) {
      try layer.weightSpecifications(inputShape: [1, 8, 1])
    }
  }

  @Test("Layers over sequences refuse images and vectors")
  func notSequences() {
    for layer in [
      GlobalAveragePooling1D(), GlobalMaxPooling1D(), ZeroPadding1D(), Cropping1D(),
      UpSampling1D(), AveragePooling1D(), MaxPooling1D(), SpatialDropout1D(0.5),
      DepthwiseConv1D(3), SeparableConv1D(1, 3), Conv1DTranspose(1, 3), Conv1D(1, 3),
    ] as [Layer] {
      for shape: Shape in [[28], [28, 28, 1]] {
        #expect(throws: ShapeError(layer, "needs sequences [steps, channels], not \(shape)")) {
          try layer.outputShape(inputShape: shape)
        }
      }
    }
  }

  @Test("No output of a causal convolution depends on later steps")
  func causality() {
    let layer = Conv1D(3, 3, padding: .causal, dilationRate: 2)
    layer.seed = 1
    let early = Tensor((0..<12).map(Float.init), shape: [1, 6, 2])
    let late = Tensor((0..<12).map { $0 < 8 ? Float($0) : 9 }, shape: [1, 6, 2])
    let (a, b) = (layer(early).scalars, layer(late).scalars)
    #expect(a.prefix(12) == b.prefix(12))
    #expect(a.suffix(6) != b.suffix(6))
  }

  @Test("Spatial dropout drops whole channels of sequences, in training only")
  func spatialDropout() {
    let layer = SpatialDropout1D(0.25)
    layer.seed = 1
    let x = Tensor(repeating: 3, shape: [64, 5, 16])
    #expect(layer(x) == x)
    let scalars = layer(x, training: true).scalars
    var dropped = 0
    for sequence in 0..<64 {
      for channel in 0..<16 {
        let steps = Set((0..<5).map { scalars[(sequence * 5 + $0) * 16 + channel] })
        #expect(steps == [0] || steps == [4])
        if steps == [0] { dropped += 1 }
      }
    }
    #expect((200...312).contains(dropped))  // 256 ± 4 standard deviations
  }

  @Test("An embedding takes numbers without their fractions, as Keras 3.15 does")
  func fractions() {
    let layer = Embedding(3, 2)
    let x = Tensor([0.9, 1.99, -0.5, 2.3], shape: [1, 4])
    layer.build(inputShape: [4])
    layer.embeddings.value = Tensor([0, 1, 2, 3, 4, 5], shape: [3, 2])
    #expect(layer(x).scalars == [0, 1, 2, 3, 0, 1, 4, 5])
  }

  @Test("Costs are those of the 2D counterpart")
  func costs() throws {
    let sequence = Sequential([Conv1D(8, 3), MaxPooling1D(2)])
    let image = Sequential([Conv2D(8, Size2D(1, 3)), MaxPooling2D(Size2D(1, 2))])
    let (a, b) = (
      try sequence.cost(inputShapes: [[20, 4]]), try image.cost(inputShapes: [[1, 20, 4]])
    )
    #expect(a.multiplications == b.multiplications && a.multiplications > 0)
    #expect(a.weights == b.weights && a.weights == 104)
    #expect(a.peak == b.peak)
  }
}
