import HDF5
import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// The layers that see images through windows, against `windows.h5`.
@Suite("Window layers like Keras's")
struct WindowLayerTests {
  static let layers = (try? Golden("windows.h5").names(in: "layers")) ?? []

  @Test("There are cases of every layer")
  func fixtureIsComplete() throws {
    let golden = try Golden("windows.h5")
    let classes = try Set(
      Self.layers.map { try golden.json("config", of: "layers/\($0)")["class_name"]?.string })
    #expect(
      classes == [
        "AveragePooling2D", "Conv2D", "Conv2DTranspose", "Cropping2D", "DepthwiseConv2D",
        "GaussianNoise", "GlobalAveragePooling2D", "GlobalMaxPooling2D", "SeparableConv2D",
        "SpatialDropout2D", "UpSampling2D", "ZeroPadding2D",
      ])
    #expect(Self.layers.count == 60)
  }

  @Test(
    "Shape, output and gradients agree with Keras, and the options are those Keras was given",
    arguments: layers)
  func layer(name: String) throws {
    try check(name, in: "windows.h5")
  }

  @Test(
    "Margins are read in every form that Keras takes",
    arguments: [
      ("2", "[[2,2],[2,2]]"), ("[2, 3]", "[[2,2],[3,3]]"), ("[[1, 2], [3, 0]]", "[[1,2],[3,0]]"),
      ("[1, [2, 3]]", "[[1,1],[2,3]]"), ("[0, 0]", "[[0,0],[0,0]]"),
    ])
  func margins(given: String, written: String) throws {
    let padding = try layer("ZeroPadding2D", #""padding": \#(given)"#)
    #expect(padding.config["padding"]?.text == written)
    let cropping = try layer("Cropping2D", #""cropping": \#(given)"#)
    #expect(cropping.config["cropping"]?.text == (given == "[0, 0]" ? nil : written))
    #expect(try layer("ZeroPadding2D", "").config.isEmpty)
  }

  @Test(
    "Invalid options are refused with a sentence",
    arguments: [
      ("ZeroPadding2D", #""padding": -1"#, "'padding' of the layer 'x' is not made of whole"),
      ("ZeroPadding2D", #""padding": [1, 2, 3]"#, "'padding' of the layer 'x' is not made of"),
      ("ZeroPadding2D", #""padding": [[1, 5000], 1]"#, "'padding' of the layer 'x' is not made"),
      ("Cropping2D", #""cropping": "all""#, "'cropping' of the layer 'x' is not made of whole"),
      ("Cropping2D", #""cropping": 14"#, "'x' cuts off 28 rows and 28 columns, which leaves"),
      ("UpSampling2D", #""size": 0"#, "'size' of the layer 'x' is not one or two whole numbers"),
      ("UpSampling2D", #""size": [4096, 4096]"#, "numbers for a single example, at most 67108864"),
      (
        "UpSampling2D", #""interpolation": "bicubic""#,
        "'interpolation' of the layer 'x' is \"bicubic\", which is not supported; nearest and"
      ),
      ("Conv2D", #""filters": 3, "kernel_size": 3, "groups": 2"#, "which does not divide the"),
      ("Conv2D", #""filters": 3, "kernel_size": 3, "groups": 0"#, "'groups' of the layer 'x'"),
      ("Conv2D", #""filters": 6, "kernel_size": 3, "groups": 3"#, "which do not divide the chan"),
      (
        "Conv2D", #""filters": 6, "kernel_size": 3, "strides": 2, "dilation_rate": 2"#,
        "'dilation_rate' of the layer 'x' cannot go together with strides over 1"
      ),
      (
        "Conv2D", #""filters": 1, "kernel_size": 3, "dilation_rate": 14"#,
        "'x' has a window of 29 × 29, larger than its input [28, 28, 4]"
      ),
      (
        "Conv2D", #""filters": 1, "kernel_size": 3, "dilation_rate": 4096, "padding": "same""#,
        "numbers for a single example, at most 67108864"
      ),
      ("Conv2D", #""filters": 1, "kernel_size": 1, "dilation_rate": 5000"#, "whole numbers in"),
      (
        "DepthwiseConv2D", #""kernel_size": 3, "depth_multiplier": 0"#,
        "'depth_multiplier' of the layer 'x' is not a whole number in 1...32768"
      ),
      (
        "DepthwiseConv2D", #""kernel_size": 3, "dilation_rate": 4096, "padding": "same""#,
        "numbers for a single example, at most 67108864"
      ),
      ("DepthwiseConv2D", "", "'kernel_size' of the layer 'x' is not one or two whole numbers"),
      ("SeparableConv2D", #""kernel_size": 3"#, "'filters' of the layer 'x' is not a whole"),
      (
        "SeparableConv2D",
        #""filters": 1, "kernel_size": 3, "dilation_rate": 4096, "padding": "same""#,
        "numbers for a single example, at most 67108864"
      ),
      (
        "Conv2DTranspose", #""filters": 1, "kernel_size": 3, "strides": 2, "output_padding": 2"#,
        "'output_padding' of the layer 'x' is not one or two whole numbers, at least 0 and less"
      ),
      (
        "Conv2DTranspose", #""filters": 1, "kernel_size": 3, "strides": 2, "dilation_rate": 2"#,
        "cannot go together with strides over 1"
      ),
      (
        "Conv2DTranspose", #""filters": 32768, "kernel_size": 4096, "strides": 4096"#,
        "more than any memory holds"
      ),
      (
        "Conv2DTranspose", #""filters": 1, "kernel_size": 1, "strides": 4096"#,
        "numbers for a single example, at most 67108864"
      ),
      ("AveragePooling2D", #""pool_size": 29"#, "'x' has a window of 29 × 29, larger than its"),
      ("GlobalMaxPooling2D", #""keepdims": 2"#, "'keepdims' of the layer 'x' is neither true"),
      ("SpatialDropout2D", #""rate": 1"#, "'rate' of the layer 'x' is not a number in 0..<1"),
      ("GaussianNoise", #""stddev": 1.5"#, "'stddev' of the layer 'x' is not a number in 0...1"),
      ("GaussianNoise", "", "'stddev' of the layer 'x' is not a number in 0...1"),
    ])
  func refusals(className: String, options: String, message: String) {
    let error = error(className, options)
    #expect(error?.contains(message) == true, "\(error ?? "nothing is refused")")
  }

  @Test("Sizes that grow from layer to layer are refused before they overflow")
  func chainOfSizes() {
    let layers = (0..<9).map { index in
      #"{"class_name": "UpSampling2D", "config": {"name": "u\#(index)", "size": 4096}}"#
    }
    let config = """
      {"class_name": "Sequential", "config": {"layers": [\(layers.joined(separator: ","))]},
      "build_config": {"input_shape": [null, 28, 28, 4]}}
      """
    #expect(throws: KerasError.self) { try Architecture(kerasConfig: JSON(parsing: config)) }
  }

  /// What TensorFlow cannot compute and Keras defines: computed by Keras 3.15 on JAX, from images
  /// that count 1, 2, 3, … and kernels that do the same.
  @Test("Output padding of an even kernel, and unequal depthwise strides, agree with Keras on JAX")
  func beyondTensorFlow() {
    func counting(_ shape: Shape) -> Tensor {
      Tensor((0..<shape.elementCount).map { Float($0 + 1) }, shape: shape)
    }
    func spread(_ kernel: Shape, strides: Size2D, outputPadding: (Int, Int)) -> Tensor {
      counting([1, 2, 2, 1]).transposedConvolution(
        counting(kernel), strides: strides, padding: .same, outputPadding: outputPadding)
    }
    #expect(
      spread([4, 2, 1, 1], strides: 2, outputPadding: (0, 0))
        == Tensor([12, 14, 20, 26], shape: [1, 2, 2, 1]))
    #expect(
      spread([2, 4, 1, 1], strides: Size2D(3, 2), outputPadding: (2, 1))
        == Tensor([2, 5, 8, 6, 17, 20, 0, 0, 0, 6, 13, 20, 18, 41, 48], shape: [1, 5, 3, 1]))
    #expect(
      spread([2, 2, 1, 1], strides: Size2D(2, 1), outputPadding: (0, 0))
        == Tensor([10, 10], shape: [1, 2, 1, 1]))
    let depthwise = counting([1, 3, 4, 1]).depthwiseConvolution(
      counting([2, 3, 1, 1]), strides: Size2D(1, 2), padding: .same)
    #expect(depthwise == Tensor([106, 79, 190, 127, 62, 35], shape: [1, 3, 2, 1]))
  }

  @Test("Layers for images refuse other inputs")
  func notImages() {
    for layer in [
      GlobalAveragePooling2D(), GlobalMaxPooling2D(), ZeroPadding2D(), Cropping2D(),
      UpSampling2D(), AveragePooling2D(), SpatialDropout2D(0.5), DepthwiseConv2D(3),
      SeparableConv2D(1, 3), Conv2DTranspose(1, 3), Conv2D(1, 3),
    ] as [Layer] {
      #expect(throws: ShapeError.self) { try layer.outputShape(inputShape: [28, 28]) }
    }
    let grouped = Conv2D(4, 3, groups: 4, name: "g")
    let problem = "has 4 groups, which do not divide the channels of its input [8, 8, 6]"
    #expect(throws: ShapeError(grouped, problem)) {
      try grouped.weightSpecifications(inputShape: [8, 8, 6])
    }
  }

  @Test("Spatial dropout drops whole channels, in training only, and others each time")
  func spatialDropout() {
    let layer = SpatialDropout2D(0.25)
    layer.seed = 1
    let x = Tensor(repeating: 3, shape: [64, 2, 3, 16])
    #expect(layer(x) == x)
    let y = layer(x, training: true)
    let scalars = y.scalars
    var dropped = 0
    for image in 0..<64 {
      for channel in 0..<16 {
        let pixels = (0..<6).map { scalars[(image * 6 + $0) * 16 + channel] }
        #expect(Set(pixels) == [0] || Set(pixels) == [4])
        if pixels[0] == 0 { dropped += 1 }
      }
    }
    #expect((200...312).contains(dropped))  // 256 ± 4 standard deviations
    #expect(layer(x, training: true) != y)
    layer.seedGenerators[0].counter = 0
    #expect(layer(x, training: true) == y)
  }

  @Test("Noise has the standard deviation asked for, in training only, and is new each time")
  func gaussianNoise() {
    let layer = GaussianNoise(0.5)
    layer.seed = 1
    let x = Tensor(repeating: 3, shape: [100, 100])
    #expect(layer(x) == x)
    let y = layer(x, training: true)
    let noise = y.scalars.map { Double($0) - 3 }
    let mean = noise.reduce(0, +) / 10_000
    let variance = noise.reduce(0) { $0 + $1 * $1 } / 10_000
    #expect(abs(mean) < 0.02 && abs(variance.squareRoot() - 0.5) < 0.015)
    #expect(layer(x, training: true) != y)
    layer.seedGenerators[0].counter = 0
    #expect(layer(x, training: true) == y)
  }

  private func layer(_ className: String, _ options: String) throws -> Layer {
    let comma = options.isEmpty ? "" : ", "
    let config = #"{"class_name": "\#(className)", "config": {"name": "x"\#(comma)\#(options)}}"#
    return try makeLayer(JSON(parsing: config), inputShape: [28, 28, 4])
  }

  private func error(_ className: String, _ options: String) -> String? {
    do {
      _ = try layer(className, options)
      return nil
    } catch {
      return "\(error)"
    }
  }
}
