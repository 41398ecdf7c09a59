import Cairn
import TestSupport
import Testing

@Suite("Code of the article YourOwnLoop")
struct YourOwnLoopTests {
  private let article = Documentation.article("YourOwnLoop")

  /// Pictures of the classes 3 and 8, which differ in where they are light.
  private func pictures() throws -> ImageSet {
    let classes = (0..<64).map { UInt16($0.isMultiple(of: 2) ? 3 : 8) }
    let pixels = classes.flatMap { number -> [UInt8] in
      (0..<16).map { UInt8(($0 < 8) == (number == 3) ? 200 + $0 : $0) }
    }
    return try ImageSet(pixels: pixels, classes: classes, height: 4, width: 4)
  }

  @Test("The gradient of the layer is what the article prints")
  func gradient() throws {
    let printed = Transcript.of { gradientOfMaxout() }
    let shown = Documentation.blocks(of: "text", in: try readText(article))
    #expect(shown.first?.joined(separator: "\n") == String(printed.dropLast()))
    let variable = Variable([-3, 2], name: "x")
    let sum = withGradientTape { binarized(variable.value).sum() }
    #expect(sum.scalar == 0 && sum.gradients()[variable] == [1, 1])
  }

  @Test("The layer refuses an input of several axes")
  func shapes() {
    #expect(throws: ShapeError.self) {
      try Maxout(2).weightSpecifications(inputShape: [2, 2])
    }
  }

  @Test("Without focus, the loss is the cross-entropy")
  func loss() {
    let (labels, logits): (Tensor, Tensor) = ([0, 1], [[1, 2, 3], [0.5, -1, 2]])
    let expected = SparseCategoricalCrossentropy(fromLogits: true)(labels, logits)
    #expect(abs(FocalCrossentropy(gamma: 0)(labels, logits).scalar - expected.scalar) < 1e-6)
    #expect(FocalCrossentropy()(labels, logits).scalar < expected.scalar)
  }

  @Test("The metric counts one class, and is restored")
  func metric() {
    let recall = ClassRecall(of: 1)
    recall.update([1, 1, 0], [[0, 1], [1, 0], [0, 1]])
    #expect(recall.result == 0.5)
    let other = ClassRecall(of: 1)
    #expect(other.restore(recall.variables ?? [:]) && other.result == 0.5)
    #expect(!other.restore([:]))
  }

  @Test("A model of these parts learns, stops, and is loaded again")
  func fit() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/own.h5"
      let pictures = try pictures()
      let history = try fitWithOwnParts(on: pictures, saveTo: path).history
      let epochs = try #require(history["recall"])
      #expect(epochs.last ?? 0 > 0.9 && epochs.count < 40)
      #expect(history["learning_rate"]?.count == epochs.count)
      let model = try loadWithOwnParts(path)
      #expect((model.layers[1] as? Maxout)?.pieces == 3)
      let answers = model.predict(pictures.images).argmax()
      #expect(zip(answers, pictures.classes).filter { $0 == Int($1) }.count > 60)
    }
  }

  @Test("A run with settings of its own refuses others")
  func run() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/run.h5"
      let model = Sequential([Flatten(), Dense(10)])
      let run = try resumeOrStart(model, on: try pictures(), saveTo: path)
      #expect(run.step == 0)
    }
  }
}
