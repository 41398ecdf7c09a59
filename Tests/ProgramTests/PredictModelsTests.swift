import Checkpoints
import Foundation
import ModelFiles
import NeuralNetwork
import Images
import TestSupport
import Tensors
import Testing

/// Models of every form and of other things than digits: what they are given, and what is said.
@Suite("predict with models of every form")
struct PredictModelsTests {
  struct Entry: Decodable {
    struct Preprocessing: Decodable {
      let mode: String
      let inputRange: String
      let inputRangeReason: String
      let output: String
    }

    let digit: Int?
    let `class`: Int?
    let confidence: Float
    let probabilities: [Float]
    let preprocessing: Preprocessing
  }

  /// A gray ramp with a hook, of any size.
  private static func picture(_ width: Int, _ height: Int, channels: Int = 1) -> Image {
    let levels = (0..<width * height).flatMap { index in
      (0..<channels).map { UInt16(($0 * 71 + index * 37 + index / width * 11) % 256) }
    }
    return Image(
      width: width, height: height, format: channels == 1 ? .gray8 : .rgb8, samples: levels)
  }

  /// Saves a model and lets `predict` classify a picture with it.
  private static func predicted(
    _ model: Model, input: Shape, _ image: Image, _ options: [String] = [],
    check: (Entry, _ text: ProgramResult) throws -> Void
  ) throws {
    try withTemporaryDirectory { directory in
      // Of random weights, one set in 7,000 recognises six of the ten reference digits.
      model.seed = 1
      model.build(inputShape: input)
      try Checkpoint(model: model).save(to: "\(directory)/m.h5")
      try image.write(to: "\(directory)/p.png")
      let arguments = ["p.png", "--model", "m.h5"] + options
      let result = try run("predict", arguments + ["--json"], in: directory)
      #expect(result.code == 0, "\(result.error)")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let entries = try decoder.decode([Entry].self, from: Data(result.outputBytes))
      try check(try #require(entries.first), try run("predict", arguments, in: directory))
    }
  }

  private static func expectClose(
    _ a: [Float], _ b: [Float], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 }, "\(a) is not \(b)",
      sourceLocation: sourceLocation)
  }

  /// First layers, and the numbers that they expect for pixels.
  private static let scalings: [(name: String, layers: @Sendable () -> [Layer], range: String)] = [
    ("none", { [] }, "0..1"),
    ("Rescaling", { [Rescaling(.scalar(1 / 255.0))] }, "0..255"),
    ("Rescaling to -1", { [Rescaling(.scalar(1 / 127.5), offset: -1)] }, "0..255"),
    ("Rescaling of 0..1", { [Rescaling(2, offset: -1)] }, "0..1"),
    ("Rescaling of -1..1", { [Rescaling(0.5, offset: 0.5)] }, "-1..1"),
    ("Rescaling up", { [Rescaling(255), Rescaling(.scalar(1 / 255.0))] }, "0..1"),
    ("after Dropout", { [Dropout(0.5), Rescaling(.scalar(1 / 255.0))] }, "0..255"),
    ("mean of bytes", { [Normalization(mean: 33.3, variance: 6172)] }, "0..255"),
    ("mean of 0..1", { [Normalization(mean: 0.13, variance: 0.095)] }, "0..1"),
    ("mean of -1..1", { [Normalization(mean: -0.74, variance: 0.38)] }, "-1..1"),
    (
      "as EfficientNet",
      { [Rescaling(.scalar(1 / 255.0)), Normalization(mean: 0.456, variance: 0.05)] }, "0..255"
    ),
    (
      "in a model in the model",
      { [Sequential([Rescaling(.scalar(1 / 255.0)), Dropout(0.1)], name: "prepare")] }, "0..255"
    ),
  ]

  @Test(
    "gives a model with a Rescaling layer pixels from 0 to 255", arguments: 0..<scalings.count)
  func scale(index: Int) throws {
    let (name, layers, range) = Self.scalings[index]
    let image = Self.picture(12, 12)
    let model = Sequential(layers() + [Flatten(), Dense(3, activation: .softmax)])
    try Self.predicted(model, input: [12, 12, 1], image) { entry, _ in
      #expect(entry.preprocessing.inputRange == range, "\(name)")
      #expect(
        entry.preprocessing.inputRangeReason
          == (name == "none" ? "no_scaling_layer" : "scaling_layers"))
      let pixels = image.samples.map { level in
        range == "0..255"
          ? Float(level)
          : range == "0..1"
            ? Float(level) / 255
            : Float(level) / 127.5 - 1
      }
      Self.expectClose(
        entry.probabilities, model(Tensor(pixels, shape: [1, 12, 12, 1])).scalars)
    }
  }

  @Test("uses the statistics of an adapted Normalization layer, unless --scale is given")
  func adapted() throws {
    let image = Self.picture(12, 12)
    let normalization = Normalization(axes: [])
    normalization.adapt(
      Tensor(image.samples.map { Float($0) }, shape: [1, 12, 12, 1]))
    let model = Sequential([normalization, Flatten(), Dense(3, activation: .softmax)])
    try Self.predicted(model, input: [12, 12, 1], image) { entry, text in
      #expect(entry.preprocessing.inputRange == "0..255")
      #expect(
        text.error.contains("'m.h5' scales its input itself (Normalization): pixels are 0..255"))
    }
    try Self.predicted(model, input: [12, 12, 1], image, ["--scale", "-1..1"]) { entry, _ in
      #expect(entry.preprocessing.inputRange == "-1..1")
      #expect(entry.preprocessing.inputRangeReason == "requested")
      let pixels = image.samples.map { Float($0) / 127.5 - 1 }
      Self.expectClose(
        entry.probabilities, model(Tensor(pixels, shape: [1, 12, 12, 1])).scalars)
    }
  }

  /// Two heads on one input, and what merges them.
  final class Ensemble: Model {
    let flatten = Flatten()
    let first: Dense
    let second: Dense
    let merge: Merge
    let last: Layer?

    init(_ activation: ActivationFunction, _ merge: Merge, last: Layer? = nil) {
      first = Dense(4, activation: activation)
      second = Dense(4, activation: activation)
      self.merge = merge
      self.last = last
      super.init()
    }

    override func call(_ x: Tensor, training: Bool) -> Tensor {
      let x = flatten(x)
      let merged = merge([first(x), second(x)])
      return last?(merged) ?? merged
    }
  }

  /// Models whose output is not to be softmaxed, and what it is.
  private static let outputs: [(name: String, model: @Sendable () -> Model, kind: String)] = [
    ("Average of softmaxes", { Ensemble(.softmax, Average()) }, "probabilities"),
    ("Maximum of softmaxes", { Ensemble(.softmax, Maximum()) }, "sigmoid"),
    ("mean by hand", { Ensemble(.softmax, Add(), last: Rescaling(0.5)) }, "probabilities"),
    (
      "Flatten after softmax",
      { Sequential([Flatten(), Dense(4, activation: .softmax), Reshape([1, 4]), Flatten()]) },
      "probabilities"
    ),
    (
      "linear Activation after softmax",
      { Sequential([Flatten(), Dense(4), Softmax(), Activation(.linear)]) }, "probabilities"
    ),
    (
      "softmax in a model in the model",
      {
        Sequential([
          Flatten(), Sequential([Dense(4, activation: .softmax)], name: "head"), Dropout(0.5),
        ])
      }, "probabilities"
    ),
    ("labels", { Sequential([Flatten(), Dense(4, activation: .sigmoid)]) }, "sigmoid"),
    (
      "softmax over the picture",
      { Sequential([Conv2D(4, 3, activation: .softmax), GlobalAveragePooling2D()]) },
      "probabilities"
    ),
  ]

  @Test("leaves probabilities unchanged", arguments: 0..<outputs.count)
  func probabilities(index: Int) throws {
    let (name, make, kind) = Self.outputs[index]
    let model = make()
    let image = Self.picture(6, 6)
    try Self.predicted(model, input: [6, 6, 1], image) { entry, _ in
      #expect(entry.preprocessing.output == kind, "\(name)")
      let pixels = Tensor(image.samples.map { Float($0) / 255 }, shape: [1, 6, 6, 1])
      Self.expectClose(entry.probabilities, model(pixels).scalars)
    }
  }

  @Test("turns logits into probabilities, also averaged ones")
  func logits() throws {
    for model in [
      Sequential([Flatten(), Dense(4)]), Ensemble(.linear, Average()),
      Sequential([Flatten(), Dense(4, activation: .relu), Dense(4, activation: .logSoftmax)]),
    ] as [Model] {
      let image = Self.picture(6, 6)
      try Self.predicted(model, input: [6, 6, 1], image) { entry, _ in
        #expect(entry.preprocessing.output == "logits")
        let pixels = Tensor(image.samples.map { Float($0) / 255 }, shape: [1, 6, 6, 1])
        Self.expectClose(entry.probabilities, model(pixels).softmax().scalars)
      }
    }
  }

  @Test("shows both classes of a single sigmoid")
  func binary() throws {
    let model = Sequential([Flatten(), Dense(1, activation: .sigmoid)])
    let image = Self.picture(6, 6)
    try Self.predicted(model, input: [6, 6, 1], image, ["--probs"]) { entry, text in
      let pixels = Tensor(image.samples.map { Float($0) / 255 }, shape: [1, 6, 6, 1])
      let probability = model(pixels).scalars[0]
      Self.expectClose(entry.probabilities, [1 - probability, probability])
      #expect(entry.class == (probability > 0.5 ? 1 : 0))
      #expect(text.output.hasPrefix("p.png: class \(probability > 0.5 ? 1 : 0)  "))
    }
  }

  @Test(
    "gives the pixels in the model's input shape",
    arguments: [
      [28, 28], [784], [28, 28, 3], [1, 28, 28], [3, 28, 28], [28, 28, 4], [784, 1],
    ])
  func layouts(shape: [Int]) throws {
    let image = Self.picture(28, 28, channels: 3)
    let model = Sequential([Flatten(), Dense(10, activation: .softmax)])
    try Self.predicted(model, input: Shape(shape), image) { entry, text in
      #expect(entry.digit == nil && entry.class != nil)
      #expect(entry.preprocessing.mode == "none")
      let colours = (0..<784).map { pixel in
        (0..<3).map { Int(image.samples[pixel * 3 + $0]) }
      }
      // Levels are rounded to bytes, as everywhere.
      let gray = colours.map { colour in
        Float((299 * colour[0] + 587 * colour[1] + 114 * colour[2] + 500) / 1000) / 255
      }
      let values: [Float]
      switch shape {
      case [28, 28, 3]: values = colours.flatMap { $0.map { Float($0) / 255 } }
      case [28, 28, 4]: values = colours.flatMap { $0.map { Float($0) / 255 } + [1] }
      case [3, 28, 28]: values = (0..<3).flatMap { i in colours.map { Float($0[i]) / 255 } }
      default: values = gray
      }
      let expected = model(Tensor(values, shape: Shape([1] + shape))).scalars
      #expect(zip(entry.probabilities, expected).allSatisfy { abs($0 - $1) < 0.02 })
      #expect(text.output.hasPrefix("p.png: class "))
    }
  }

  @Test(
    "scales the whole picture for models of other data", arguments: [[32, 32, 1], [64, 64, 3]])
  func resizes(shape: [Int]) throws {
    // Dark on the left, light on the right: neither cropped nor inverted.
    let image = Image(
      width: 200, height: 100,
      gray: (0..<20_000).map { $0 % 200 < 100 ? 0 : 255 })
    let model = Sequential([Flatten(), Dense(7, activation: .softmax)])
    try Self.predicted(model, input: Shape(shape), image) { entry, text in
      #expect(entry.preprocessing.mode == "resize")
      let (width, channels) = (shape[1], shape[2])
      let values = (0..<shape[0] * width * channels).map {
        $0 / channels % width < width / 2 ? Float(0) : 1
      }
      let expected = model(Tensor(values, shape: Shape([1] + shape))).scalars
      #expect(zip(entry.probabilities, expected).allSatisfy { abs($0 - $1) < 0.05 })
      #expect(text.output.hasPrefix("p.png: class \(entry.class ?? -1)  "))
    }
  }

  @Test("finds that a model without a scaling layer was trained with bytes")
  func trainedWithBytes() throws {
    try withTemporaryDirectory { directory in
      let model = try CheckpointFile(
        opening: "\(packageDirectory)/models/quickstart.h5"
      ).loadModel()
      let kernel = model.variables[0]
      kernel.value = kernel.value / 255
      try Checkpoint(model: model).save(to: "\(directory)/m.h5")
      let seven = "\(packageDirectory)/samples/7.png"
      let result = try run("predict", [seven, "--model", "m.h5", "--json"], in: directory)
      #expect(result.output.contains(#""digit":7"#), "\(result.output)")
      #expect(
        result.output.contains(#""input_range":"0..255","input_range_reason":"reference_digits""#))
      #expect(result.error.contains("recognises MNIST digits with pixels in 0..255"))
    }
  }

  @Test("does not mistake a model of other data for one of digits because of its shape")
  func otherThings() throws {
    try withData { directory in
      try train("--epochs", "3", "--optimizer", "adam", in: directory)
      // A bar at the height of class 0, light on dark, as the data has it, on a larger sheet.
      let bar = Image(
        width: 280, height: 280, gray: (0..<78_400).map { (40..<60).contains($0 / 280) ? 183 : 40 })
      try bar.write(to: "\(directory)/p.png")
      let result = try run("predict", ["p.png", "--model", "ckpt.h5"], in: directory)
      #expect(result.output.hasPrefix("p.png: class 0  "), "\(result.output)")
      #expect(result.error.contains("'ckpt.h5' does not recognise MNIST digits"))
    }
  }

  @Test("Models that look numbers up are refused: pictures need not have whole ones, in any range")
  func embedding() throws {
    try withTemporaryDirectory { directory in
      let model = Sequential([Flatten(), Embedding(4, 2, name: "e"), Flatten(), Dense(10)])
      model.build(inputShape: [28, 28, 1])
      try Checkpoint(model: model).save(to: "\(directory)/m.h5")
      try Self.picture(28, 28).write(to: "\(directory)/p.png")
      for arguments in [
        ["predict", "p.png", "--model", "m.h5"],
        [
          "train", "--model", "m.h5", "--save", "out.h5", "--data",
          "\(packageDirectory)/samples/mnist", "--max-steps", "1",
        ],
      ] {
        let result = try run(arguments[0], Array(arguments.dropFirst()), in: directory)
        #expect(result.code == 65, "\(result.error)")
        #expect(
          result.error.contains("its layer 'e' is an Embedding, which needs whole numbers"),
          "\(result.error)")
      }
    }
  }
}
