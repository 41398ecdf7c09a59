import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// The layers over volumes, against `volumes.h5`.
@Suite("Layers over volumes like Keras's")
struct VolumeLayerTests {
  static let layers = (try? Golden("volumes.h5").names(in: "layers")) ?? []

  @Test("There are cases of every layer")
  func fixtureIsComplete() throws {
    let golden = try Golden("volumes.h5")
    let classes = try Set(
      Self.layers.map { try golden.json("config", of: "layers/\($0)")["class_name"]?.string })
    // conv_lstm.h5 has those of sequences of volumes.
    let registered = KerasRegistry.layers.map { $0.className }
      .filter { $0.contains("3D") && $0 != "ConvLSTM3D" }
    #expect(classes == Set(registered))
  }

  @Test(
    "Shape, output and gradients agree with Keras, and the options are those Keras was given",
    arguments: layers)
  func layer(name: String) throws {
    try check(name, in: "volumes.h5")
  }

  /// PyTorch does so, too; TensorFlow gives the gradient to all of them.
  @Test("Of equal elements under a window, the first gets the gradient")
  func ties() throws {
    let layer = MaxPooling3D(2)
    let x = Tensor(zeros: [1, 2, 2, 4, 1])
    let input = Variable(x, name: "x")
    let sum = withGradientTape { layer(input.value).sum() }
    let gradient = try #require(sum.gradients()[input])
    #expect(gradient.scalars == [1, 0, 1, 0] + [Float](repeating: 0, count: 12))
  }

  @Test(
    "Invalid options are refused with a sentence",
    arguments: [
      (
        "Conv3D", #""filters": 2, "kernel_size": [2, 2]"#,
        "'kernel_size' of the layer 'x' is not one or three whole numbers"
      ),
      (
        "Conv3D", #""filters": 2, "kernel_size": 2, "data_format": "channels_first""#,
        "'data_format' of the layer 'x' is \"channels_first\", which is not supported"
      ),
      (
        "Conv3D", #""filters": 2, "kernel_size": 2, "padding": "causal""#,
        "'padding' of the layer 'x' is neither 'valid' nor 'same'"
      ),
      (
        "Conv3DTranspose", #""filters": 2, "kernel_size": 2, "strides": 2, "output_padding": 2"#,
        "'output_padding' of the layer 'x' is not one or three whole numbers, at least 0 and less"
      ),
      (
        "Cropping3D", #""cropping": [[1, 1], [1, 1]]"#,
        "'cropping' of the layer 'x' is not made of whole numbers"
      ),
    ])
  func refusal(className: String, options: String, message: String) throws {
    let config = try JSON(parsing: #"{"name": "x", \#(options)}"#)
    let error = #expect(throws: KerasError.self) {
      try Layer.make(className: className, config: config)
    }
    #expect("\(error.map { "\($0)" } ?? "")".contains(message), "\(error as Any)")
  }
}
