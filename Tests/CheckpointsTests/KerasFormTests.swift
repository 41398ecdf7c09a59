import Checkpoints
import HDF5
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("Every form of Keras's files")
struct KerasFormTests {
  @Test(
    "The same model is read from every form to the bit",
    arguments: [
      "small.weights.h5", "small.keras", "small.h5", "small_filters.weights.h5",
      "small_big_endian.weights.h5", "small_latest.weights.h5", "small_user_block.weights.h5",
      "small_2_13.weights.h5", "small_split.h5", "small_2019.h5", "small_deflated.keras",
      "small_zip64.keras", "small_streamed.keras",
    ])
  func small(name: String) throws {
    let checkpoint = try CheckpointFile(opening: fixture("forms/\(name)"))
    let model = makeSmall()
    try checkpoint.loadWeights(into: model)
    try expect(model, "small")
    if !name.contains("2019") {
      let optimizer = Adam()
      try checkpoint.loadOptimizer(into: optimizer, for: model)
      try expect(optimizer, "small")
    }
    if (try? checkpoint.architecture()) != nil { try expect(checkpoint.loadModel(), "small") }
  }

  @Test("Weights of 16 and 64 bits are read as 32-bit ones", arguments: ["float16", "float64"])
  func types(name: String) throws {
    for suffix in [".weights.h5", ".h5"] {
      let model = makeSmall()
      try CheckpointFile(opening: fixture("forms/\(name)\(suffix)")).loadWeights(into: model)
      try expect(model, name, within: name == "float16" ? 5e-3 : 1e-5)
    }
  }

  @Test("bfloat16 is read where the file says that it is, and refused where it does not")
  func bfloat16() throws {
    let model = makeSmall()
    try CheckpointFile(opening: fixture("forms/bfloat16.weights.h5")).loadWeights(into: model)
    try expect(model, "bfloat16", within: 5e-2)
    let before = model.variables.map(\.value.scalars)
    let path = fixture("forms/bfloat16.h5")
    let prefix = "(/model_weights/"
    let text = message { try CheckpointFile(opening: path).loadWeights(into: model) }
    #expect(
      text.hasPrefix("'\(path)' does not match the model:\n  - conv2d/kernel holds opaque of"))
    #expect(text.contains(", which may be bfloat16, but the file does not say so in the file"))
    #expect(text.split(separator: "\n").count == 7)
    #expect(text.contains(prefix))
    #expect(model.variables.map(\.value.scalars) == before)
  }

  @Test("Models in models are read from every form", arguments: [".weights.h5", ".keras", ".h5"])
  func nested(suffix: String) throws {
    let checkpoint = try CheckpointFile(opening: fixture("forms/nested\(suffix)"))
    let model = try CheckpointFile(opening: fixture("forms/nested.keras")).loadModel()
    for variable in model.variables {
      variable.value = Tensor(repeating: .pi, shape: variable.shape)
    }
    try checkpoint.loadWeights(into: model)
    try expect(model, "nested")
    let optimizer = Adam()
    try checkpoint.loadOptimizer(into: optimizer, for: model)
    try expect(optimizer, "nested")
    if suffix != ".weights.h5" { try expect(checkpoint.loadModel(), "nested") }
  }

  @Test("A loss-scale optimizer gives the state of its inner optimizer")
  func scaled() throws {
    for suffix in [".weights.h5", ".keras", ".h5"] {
      let checkpoint = try CheckpointFile(opening: fixture("forms/scaled\(suffix)"))
      if suffix == ".h5" {
        let config = try #require(try checkpoint.compileConfig())
        #expect(try CompileConfig(kerasConfig: config).optimizer is Adam)
      }
      let (model, optimizer) = (makeSmall(), Adam(learningRate: 0.5))
      try checkpoint.load(model, optimizer)
      try expect(model, "scaled", within: 5e-3)
      try expect(optimizer, "scaled")
      #expect(optimizer.learningRate == 0.01)
    }
  }

  @Test("An optimizer that has not taken a step is restored without state")
  func fresh() throws {
    let checkpoint = try CheckpointFile(opening: fixture("forms/fresh.weights.h5"))
    let (model, optimizer) = (makeSmall(), Adam(learningRate: 0.5))
    try checkpoint.load(model, optimizer)
    try expect(model, "fresh")
    #expect(optimizer.iterations == 0)
    #expect(optimizer.learningRate == 0.001)
    #expect(optimizer.slotsInKerasOrder.allSatisfy { $0.value.scalars.allSatisfy { $0 == 0 } })
    // One that has is not: there is nothing to go on from.
    optimizer.iterations = 3
    #expect(
      message { try checkpoint.load(model, optimizer) }.contains("momentum (2) is missing"))
    #expect(optimizer.iterations == 3)
  }

  @Test("Layers of equal shapes are matched by name, or else by order, with a note")
  func equalShapes() throws {
    // The properties have the names of the attributes in Keras.
    let model = Equal()
    model.build(inputShape: [6, 6, 1])
    // What is in order otherwise goes by the names and the keys that Keras gave.
    let other = Sequential([
      Head(), Dense(4, activation: .relu), Dense(4, activation: .tanh), Dense(4),
    ])
    other.build(inputShape: [6, 6, 1])
    for (name, model) in [
      ("equal", model), ("equal_nameless", model), ("equal", other), ("mixed", other),
      ("mixed_nameless", other),
    ] {
      let checkpoint = try CheckpointFile(opening: fixture("forms/\(name).weights.h5"))
      try checkpoint.loadWeights(into: model)
      try expect(model, String(name.prefix(5)))
      #expect(try checkpoint.notes(for: model) == [])
    }
    let unknown = try CheckpointFile(opening: fixture("forms/equal_nameless.weights.h5"))
    try unknown.loadWeights(into: other)
    #expect(
      try unknown.notes(for: other) == [
        .order(layers: ["dense", "dense_1", "dense_2"], paths: ["/alpha", "/echo", "/foxtrot"])
      ])
  }

  @Test("NaN and infinity are named with their indices, and nothing is changed")
  func nonFinite() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c.h5"
      let (model, optimizer) = (makeSmall(), Adam())
      optimizer.build(for: model.trainableVariables)
      let kernel = model.variables[2]
      var values = kernel.value.scalars
      (values[4], values[7]) = (.nan, .infinity)
      kernel.value = Tensor(values, shape: kernel.shape)
      model.variables[5].value = Tensor([0, -.infinity])
      optimizer.slotsInKerasOrder[1].value = Tensor(
        [Float](repeating: .infinity, count: 18), shape: [3, 3, 1, 2])
      try Checkpoint(model: model, optimizer: optimizer).save(to: path)
      let (other, otherOptimizer) = (makeSmall(), Adam())
      let before = Bits(other, otherOptimizer)
      #expect(
        message { try CheckpointFile(opening: path).loadWeights(into: other) } == """
          '\(path)' does not match the model:
            - dense/kernel holds nan at [1, 1] in the file (/layers/dense/vars/0)
            - dense_1/bias holds -inf at [1] in the file (/layers/dense_1/vars/1)
          """)
      #expect(
        message {
          try CheckpointFile(opening: path).loadOptimizer(into: otherOptimizer, for: other)
        }
          == """
          '\(path)' does not match the model:
            - optimizer/velocity (3) holds inf at [0, 0, 0, 0] in the file (/optimizer/vars/3)
          """)
      #expect(Bits(other, otherOptimizer).weights == before.weights)
      #expect(
        otherOptimizer.slotsInKerasOrder.allSatisfy { $0.value.scalars.allSatisfy { $0 == 0 } })
    }
  }

  @Test("What an older file lacks or has in excess is named")
  func legacyMismatch() throws {
    let path = fixture("forms/small.h5")
    let model = Sequential([
      Conv2D(2, 3, name: "first"), Flatten(), Dense(4), Dense(2, useBias: false),
    ])
    model.build(inputShape: [6, 6, 1])
    #expect(
      message { try CheckpointFile(opening: path).loadWeights(into: model) } == """
        '\(path)' does not match the model:
          - dense/kernel has the shape [32, 4] in the model but [32, 3] in the file \
        (/model_weights/dense/small/dense/kernel)
          - dense/bias has the shape [4] in the model but [3] in the file \
        (/model_weights/dense/small/dense/bias)
          - dense_1/kernel has the shape [4, 2] in the model but [3, 2] in the file \
        (/model_weights/dense_1/small/dense_1/kernel)
          - /model_weights/dense_1/small/dense_1/bias is in the file but not in the model
        """)
    let longer = Sequential([
      Conv2D(2, 3), Flatten(), Dense(3), Dense(2), Dense(5, useBias: false, name: "extra"),
    ])
    longer.build(inputShape: [6, 6, 1])
    #expect(
      message { try CheckpointFile(opening: path).loadWeights(into: longer) } == """
        '\(path)' does not match the model:
          - extra/kernel is missing from the file (/model_weights/extra)
        """)
  }

  private func expect(
    _ model: Model, _ name: String, within tolerance: Float = 1e-5,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let values = try ExpectedValues(of: "forms")
    try values.expectWeights(model, name, sourceLocation: sourceLocation)
    let (x, y) = (try values.tensor("x"), try values.tensor("\(name)/y").scalars)
    let largest = zip(model(x).scalars, y).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? .infinity
    #expect(largest <= tolerance, sourceLocation: sourceLocation)
  }

  private func expect(
    _ optimizer: Optimizer, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let values = try ExpectedValues(of: "forms")
    let found =
      [[Float(optimizer.iterations)], [optimizer.learningRate]]
      + optimizer.slotsInKerasOrder.map(\.value.scalars)
    for (index, scalars) in found.enumerated() {
      #expect(
        try values.tensor("\(name)/opt/\(index)").scalars == scalars,
        sourceLocation: sourceLocation)
    }
  }
}

/// Takes the first four pixels.
private final class Head: Layer {
  override func outputShape(inputShape: Shape) throws(ShapeError) -> Shape { [4] }

  override func call(_ x: Tensor, training: Bool) -> Tensor {
    let size = x.count / x.shape[0]
    return Tensor(
      (0..<x.shape[0]).flatMap { x.scalars[$0 * size..<$0 * size + 4] }, shape: [x.shape[0], 4])
  }
}

/// Three layers of equal shapes.
private final class Equal: Model {
  private let head = Head()
  private let foxtrot = Dense(4, activation: .relu)
  private let echo = Dense(4, activation: .tanh)
  private let alpha = Dense(4)

  override func call(_ x: Tensor, training: Bool) -> Tensor { alpha(echo(foxtrot(head(x)))) }
}
