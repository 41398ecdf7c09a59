import JSON
import NeuralNetwork
import Tensors
import TestSupport
import Testing
import Threads

/// Image layers at fixed random numbers, against images that Keras made with the same numbers.
@Suite("Augmentation layers like Keras's")
struct AugmentationTests {
  static let file: JSON = (try? jsonFixture("augmentation.json")) ?? .null
  static let random = names("random")
  static let resizing = names("resizing")

  private static func names(_ list: String) -> [String] {
    (file[list]?.array ?? []).compactMap { $0["name"]?.string }
  }

  private func golden(_ list: String, _ name: String) throws -> JSON {
    try #require(Self.file[list]?.array?.first { $0["name"]?.string == name })
  }

  private func tensor(_ json: JSON?) throws -> Tensor {
    if let name = json?.string { return try tensor(try #require(Self.file["shared"]?[name])) }
    let shape = try #require(json?["shape"]?.array).compactMap(\.integer)
    let values = try #require(json?["values"]?.array).compactMap(\.number).map { Float($0) }
    return Tensor(values, shape: Shape(shape))
  }

  private func makeLayer(_ golden: JSON) throws -> Layer {
    try Layer.make(
      className: try #require(golden["class_name"]?.string), config: golden["config"] ?? .null)
  }

  private func expectEqual(
    _ actual: Tensor, _ expected: Tensor, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(actual.shape == expected.shape, sourceLocation: sourceLocation)
    let scale = max(expected.scalars.map(abs).max() ?? 0, 1)
    for (index, (a, e)) in zip(actual.scalars, expected.scalars).enumerated() {
      #expect(
        abs(a - e) <= 1e-5 * scale, "element \(index): \(a), not \(e)",
        sourceLocation: sourceLocation)
    }
  }

  @Test("There are cases of every layer, fill mode and interpolation")
  func fixtureIsComplete() {
    #expect(Self.random.count == 3 * 16 + 2 * 8 + 4)
    #expect(Self.resizing.count == 7 + 36)
    let classes = ["random", "resizing"].flatMap { Self.file[$0]?.array ?? [] }
      .compactMap { $0["class_name"]?.string }
    #expect(
      Set(classes).sorted() == [
        "CenterCrop", "RandomBrightness", "RandomContrast", "RandomCrop", "RandomFlip",
        "RandomRotation", "RandomTranslation", "RandomZoom", "Resizing",
      ])
  }

  @Test("The same numbers give the same images", arguments: random)
  func images(name: String) throws {
    let golden = try golden("random", name)
    let (layer, x) = (try makeLayer(golden), try tensor(golden["x"]))
    let parameters = try #require(golden["parameters"]?.array)
    let numbers = parameters.map { Float($0.number ?? 0) }
    let pairs = parameters.map { ($0.array ?? []).map { Float($0.number ?? 0) } }
    let (height, width) = (x.shape[1], x.shape[2])
    let y: Tensor
    switch layer {
    case let layer as RandomFlip: y = layer.flipped(x, parameters.map { $0 == .bool(true) })
    case let layer as RandomTranslation:
      y = layer.transformed(
        x, pairs.map { RandomTranslation.transform(down: $0[0], right: $0[1]) })
    case let layer as RandomRotation:
      y = layer.transformed(
        x,
        numbers.map { RandomRotation.transform(degrees: $0, height: height, width: width) })
    case let layer as RandomZoom:
      y = layer.transformed(
        x,
        pairs.map {
          RandomZoom.transform(vertical: $0[0], horizontal: $0[1], height: height, width: width)
        })
    case let layer as RandomContrast: y = layer.adjusted(x, numbers)
    case let layer as RandomBrightness: y = layer.adjusted(x, numbers)
    case let layer as RandomCrop:
      if name.hasPrefix("small") {
        y = layer(x, training: true)
      } else {
        y = layer.cropped(x, top: Int(numbers[0]), left: Int(numbers[1]))
      }
    default:
      Issue.record("\(name) is of an unknown class")
      return
    }
    expectEqual(y, try tensor(golden["y"]))
    #expect(try layer.outputShape(inputShape: Shape(x.shape.dropFirst()))[0] == y.shape[1])
  }

  @Test("Resizing and cropping, with their gradients", arguments: resizing)
  func resized(name: String) throws {
    let golden = try golden("resizing", name)
    let layer = try makeLayer(golden)
    let (x, dy) = (Variable(try tensor(golden["x"]), name: "x"), try tensor(golden["dy"]))
    let (y, sum) = withGradientTape {
      let y = layer(x.value, training: true)
      return (y, (y * dy).sum())
    }
    expectEqual(y, try tensor(golden["y"]))
    expectEqual(try #require(sum.gradients()[x]), try tensor(golden["dx"]))
    #expect(layer(x.value) == y)
    #expect(
      try layer.outputShape(inputShape: Shape(x.value.shape.dropFirst()))
        == Shape(y.shape.dropFirst()))
  }

  /// Layers that change images at random.
  private static func layers() -> [Layer] {
    [
      RandomFlip(), RandomFlip(.horizontal), RandomTranslation(0.3, .between(0.1, 0.2)),
      RandomRotation(0.2, fillMode: .constant, fillValue: 0.5), RandomZoom(0.4),
      RandomZoom(0.2, .between(-0.3, 0.5), fillMode: .wrap),
      RandomContrast(lower: 0.5, upper: 0.9, valueRange: 0...1),
      RandomBrightness(0.5, valueRange: 0...1), RandomCrop(Size2D(4, 3)),
    ]
  }

  private func batch(_ count: Int) -> Tensor {
    var stream = RandomStream(seed: 4, stream: 9)
    return Tensor(
      stream.uniform(in: 0..<1, count: count * 8 * 6 * 2), shape: [count, 8, 6, 2])
  }

  @Test("Random layers change images in training, each in its own way, and draw anew each time")
  func training() {
    for layer in Self.layers() {
      layer.seed = 5
      let image = batch(1)
      let x = Tensor((0..<6).flatMap { _ in image.scalars }, shape: [6, 8, 6, 2])
      let (first, second) = (layer(x, training: true), layer(x, training: true))
      #expect(first != second, "\(layer.name)")
      let count = first.count / 6
      let images = Set((0..<6).map { Array(first.scalars[$0 * count..<($0 + 1) * count]) })
      // All images of a batch are cropped at the same place, as in Keras.
      #expect((images.count == 1) == (layer is RandomCrop), "\(layer.name)")
      #expect(first.scalars.allSatisfy { $0 >= 0 && $0 <= 1.0001 }, "\(layer.name)")
      if !(layer is RandomCrop) { #expect(layer(x) == x) }
      // A checkpoint stores the two numbers, and the same images follow.
      let generator = layer.seedGenerators[0]
      generator.counter = 0
      #expect(layer(x, training: true) == first, "\(layer.name)")
    }
  }

  @Test("Results do not depend on the number of threads")
  func threads() {
    let before = Threads.count
    defer { Threads.count = before }
    let x = batch(33)
    let results = [1, 2, 3].map { count in
      Threads.count = count
      return Self.layers().map { layer in
        layer.seed = 5
        return layer(x, training: true).scalars
      }
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }

  @Test("Random numbers are in the range of Keras, over many images")
  func ranges() {
    func draw(_ layer: RandomTransform, _ body: (AffineTransform) -> Float) -> (Float, Float) {
      var stream = RandomStream(seed: 1, stream: 1)
      let numbers = (0..<2000).map { _ in
        body(layer.drawTransform(height: 10, width: 20, stream: &stream))
      }
      return (numbers.min() ?? .nan, numbers.max() ?? .nan)
    }
    func expect(_ range: (Float, Float), _ lower: Float, _ upper: Float) {
      let slack = (upper - lower) / 100
      #expect(range.0 >= lower && range.0 < lower + slack, "\(range)")
      #expect(range.1 <= upper && range.1 > upper - slack, "\(range)")
    }
    let translation = RandomTranslation(.between(0.1, 0.3), 0.2)
    expect(draw(translation) { -$0.b.z }, 1, 3)
    expect(draw(translation) { -$0.a.z }, -4, 4)
    // The sine of up to 36 degrees.
    expect(draw(RandomRotation(0.1)) { $0.b.x }, -0.5877853, 0.5877853)
    expect(draw(RandomZoom(.between(0.5, -0.2), 0.1)) { $0.b.y }, 0.8, 1.5)
    expect(draw(RandomZoom(.between(0.5, -0.2), 0.1)) { $0.a.x }, 0.9, 1.1)
    #expect(draw(RandomZoom(0.25)) { $0.a.x - $0.b.y } == (0, 0))
  }

  @Test("A single contrast factor means what it means in the Keras that wrote the file")
  func contrast() throws {
    func bounds(_ version: String) throws -> [Double] {
      let json = try JSON(
        parsing: """
          {"class_name": "Sequential", "config": {"layers": [
          {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 4, 4, 1]}},
          {"class_name": "RandomContrast", "config": {"factor": 0.25}}]}}
          """)
      let architecture = try Architecture(kerasConfig: json, kerasVersion: version)
      let layer = try #require(architecture.layers[0] as? RandomContrast)
      return [layer.lower, layer.upper]
    }
    #expect(try bounds("2.15.0") == [0.25, 0.25])
    #expect(try bounds("3.15.1") == [0, 0.25])
  }

  @Test("A model with augmentation layers learns from a file of Keras")
  func fit() throws {
    let json = try JSON(
      parsing: """
        {"class_name": "Sequential", "config": {"layers": [
        {"class_name": "InputLayer", "config": {"batch_shape": [null, 8, 6, 2]}},
        {"class_name": "Resizing", "config": {"height": 9, "width": 9}},
        {"class_name": "CenterCrop", "config": {"height": 8, "width": 8}},
        {"class_name": "RandomFlip", "config": {}},
        {"class_name": "RandomRotation", "config": {"factor": 0.1}},
        {"class_name": "RandomZoom", "config": {"height_factor": 0.1, "width_factor": null}},
        {"class_name": "RandomTranslation",
         "config": {"height_factor": 0.1, "width_factor": [0, 0.1]}},
        {"class_name": "RandomContrast", "config": {"factor": 0.1}},
        {"class_name": "RandomCrop", "config": {"height": 6, "width": 6}},
        {"class_name": "Flatten", "config": {}},
        {"class_name": "Dense", "config": {"units": 3}}]}}
        """)
    let architecture = try Architecture(kerasConfig: json)
    #expect(architecture.notes == [])
    let model = architecture.makeModel()
    model.seed = 3
    model.compile(optimizer: Adam(), loss: SparseCategoricalCrossentropy(fromLogits: true))
    let x = batch(32)
    let history = model.fit(x, Tensor((0..<32).map { Float($0 % 3) }), batchSize: 8, epochs: 3)
    #expect(history.history["loss"]?.allSatisfy(\.isFinite) == true)
    #expect(model(x) == model(x))
    #expect(model(x).shape == [32, 3])
  }

  @Test(
    "Factors that Keras refuses are refused",
    arguments: [
      ("RandomRotation", ["factor": "1.5"]), ("RandomRotation", ["factor": "[0, 0.1, 0.2]"]),
      ("RandomRotation", ["factor": "[]"]), ("RandomRotation", [:]),
      ("RandomRotation", ["factor": "0.1", "fill_mode": "\"mirror\""]),
      ("RandomTranslation", ["height_factor": "-1.01", "width_factor": "0"]),
      ("RandomTranslation", ["height_factor": "0.1"]),
      ("RandomZoom", ["height_factor": "-1"]), ("RandomZoom", ["height_factor": "[0.1, 2]"]),
      ("RandomContrast", ["factor": "-0.1"]), ("RandomContrast", ["factor": "[0.1, 1.2]"]),
      ("RandomContrast", ["factor": "0.1", "value_range": "[1, 0]"]),
      ("RandomBrightness", ["factor": "0.1", "value_range": "[0]"]),
      ("RandomFlip", ["mode": "\"diagonal\""]), ("RandomCrop", ["height": "3"]),
      ("CenterCrop", ["height": "0", "width": "2"]),
      ("Resizing", ["height": "3", "width": "3", "interpolation": "\"bicubic\""]),
      ("Resizing", ["height": "3", "width": "3", "antialias": "true"]),
      (
        "Resizing",
        [
          "height": "3", "width": "3", "crop_to_aspect_ratio": "true",
          "pad_to_aspect_ratio": "true",
        ]
      ),
    ] as [(String, [String: String])])
  func refused(className: String, config: [String: String]) throws {
    let config = try config.mapValues { try JSON(parsing: $0) }
    #expect(throws: KerasError.self) {
      try Layer.make(className: className, config: .object(.init(config)))
    }
  }

  @Test("Only images can be augmented in training")
  func notImages() async {
    let layer = RandomFlip()
    let x = Tensor(zeros: [2, 5])
    #expect(layer(x) == x)
    await #expect(processExitsWith: .failure) {
      _ = RandomFlip()(Tensor(zeros: [2, 5]), training: true)
    }
    await #expect(processExitsWith: .failure) { _ = RandomRotation(1.5) }
    await #expect(processExitsWith: .failure) { _ = RandomZoom(-1) }
    await #expect(processExitsWith: .failure) { _ = RandomContrast(lower: 0.5, upper: 0.2) }
  }
}
