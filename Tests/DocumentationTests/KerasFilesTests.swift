import Cairn
import TestSupport
import Testing

@Suite("The article KerasFiles")
struct KerasFilesTests {
  private let images = Tensor((0..<2 * 784).map { Float($0 % 17) / 17 }, shape: [2, 28, 28, 1])

  @Test("A model goes to a Keras file and back with its weights and its optimizer")
  func thereAndBack() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/model.keras"
      let model = MyModel()
      let optimizer = Adam(learningRate: 0.003)
      let loss = withGradientTape { model(images, training: true).sum() }
      optimizer.apply(loss.gradients(), to: model.trainableVariables)
      try exportToKeras(model, optimizer, to: path)

      let expected = model.predict(images).scalars
      #expect(try logits(of: images, by: path).scalars == expected)
      let other = MyModel()
      try loadWeights(path, into: other, inputShape: [28, 28, 1])
      #expect(other.predict(images).scalars == expected)
    }
  }

  @Test("A class of the user's own is read by its name")
  func custom() throws {
    registerScale()
    try withTemporaryDirectory { directory in
      let path = "\(directory)/scaled.keras"
      let model = Sequential([Scale(3), Flatten(), Dense(2)])
      model.build(inputShape: [28, 28, 1])
      try Checkpoint(model: model).save(to: path)
      #expect(try logits(of: images, by: path).scalars == model.predict(images).scalars)
    }
  }

  @Test("The layers, optimizers and losses of the article are those that are read")
  func classes() throws {
    let text = try readText(Documentation.article("KerasFiles"))
    let registry = try readText(
      "\(packageDirectory)/Sources/NeuralNetwork/Keras/Registry/KerasRegistry.swift")
    for (heading, kind) in [
      ("Layers", "layers"), ("Optimizers", "optimizers"), ("Losses", "losses"),
    ] {
      let listed =
        text.split(separator: "### \(heading)\n").last?
        .split(separator: "\n#").first?.matches(of: /`(\w+)`/).map(\.1) ?? []
      let read =
        registry.split(separator: "static let \(kind):").last?
        .split(separator: "\n  ]").first?.matches(of: /\n    (\w+)\.self/).map(\.1) ?? []
      #expect(!read.isEmpty && Set(listed) == Set(read), "\(kind)")
    }
  }
}
