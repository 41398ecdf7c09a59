import Cairn
import Glibc
import TestSupport
import Testing

@Suite("Documentation")
struct DocumentationTests {
  @Test("The last epoch of the recorded terminal is that of the model in models/")
  func epochs() throws {
    let epochs = try readText("\(Documentation.catalogue)/Resources/terminal.svg").matches(
      of: /Epoch (\d), Loss: [\d.]+, Accuracy: [\d.]+, Test Loss: ([\d.]+), Test Accuracy: ([\d.]+)/
    )
    #expect(epochs.map(\.1) == ["1", "2", "3", "4", "5"])
    let last = try #require(epochs.last)
    let model = try CheckpointFile(opening: "\(packageDirectory)/models/quickstart.h5").loadModel()
    model.compile(
      optimizer: SGD(), loss: SparseCategoricalCrossentropy(fromLogits: true),
      metrics: [.accuracy])
    let test = try MNIST.load(from: "\(packageDirectory)/samples/mnist").test
    let logs = model.evaluate(Dataset(test).batch(50))
    #expect(abs((logs["loss"] ?? 0) - (Double(last.2) ?? 1)) < 1e-4)
    #expect(abs(100 * (logs["accuracy"] ?? 0) - (Double(last.3) ?? 1)) < 0.006)
  }

  @Test("Links in the documentation lead to files and articles that exist")
  func links() throws {
    let pages =
      Documentation.pages()
      + ["ARCHITECTURE.md", "BENCHMARKS.md", "tools/README.md", "models/README.md"]
      .map { "\(packageDirectory)/\($0)" }
    for page in pages {
      let text = try readText(page)
      let folder = page.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      for link in text.matches(of: /[^!]\[[^\]]*\](?:\(|: )([\w.\/-]+)(#[\w-]+)?(?:\)|\n)/) {
        let path = (folder + [link.1]).joined(separator: "/")
        #expect(access(path, F_OK) == 0, "\(page) links to \(link.1), which does not exist.")
      }
      for link in text.matches(of: /<doc:(\w+)/) {
        #expect(
          access(Documentation.article(String(link.1)), F_OK) == 0,
          "\(page) links to \(link.1), which is no article.")
      }
    }
  }

  /// Pictures of two classes that differ in where they are light.
  private func pictures() throws -> ImageSet {
    var pixels: [UInt8] = []
    var classes: [UInt16] = []
    for index in 0..<96 {
      let isTop = index.isMultiple(of: 2)
      for row in 0..<28 {
        for column in 0..<28 {
          pixels.append((row < 14) == isTop ? UInt8(100 + (index + column) % 100) : 0)
        }
      }
      classes.append(isTop ? 3 : 8)
    }
    return try ImageSet(pixels: pixels, classes: classes, height: 28, width: 28)
  }

  @Test("The tutorial's loop learns and saves the model")
  func tutorial() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/ckpt.h5"
      let pictures = try pictures()
      try train(on: pictures, epochs: 1, saveTo: path)
      try train(on: pictures, epochs: 2, saveTo: path)
      let model = try CheckpointFile(opening: path).loadModel()
      let predicted = model.predict(pictures.images).argmax()
      #expect(predicted == pictures.classes.map(Int.init))
    }
  }

  @Test("The run object adds at most five lines to the plain loop")
  func lines() throws {
    let tutorial = try readText(
      "\(packageDirectory)/Tests/DocumentationTests/Articles/YourOwnLoop.swift")
    let loops = ["epochs: Int) {\n", "epochs: Int, saveTo path: String) throws {\n"].map { head in
      tutorial.split(separator: head).last?.split(separator: "\n}\n").first?
        .split(separator: "\n") ?? []
    }
    #expect(loops[0].count > 15 && loops[1].count <= loops[0].count + 5)
  }

  @Test("The variables of the model in models/ are listed")
  func listing() throws {
    let found = try variables(of: "\(packageDirectory)/models/quickstart.h5")
    #expect(found.first == "/layers/conv2d/vars/0 [3, 3, 1, 32] float32")
    #expect(found.count == 6)
  }

  @Test("A model learns with compile and fit")
  func compileAndFit() throws {
    let history = try fit(on: try pictures()).history
    #expect(history["accuracy"]?.last ?? 0 > 0.9)
  }
}
