import Checkpoints
import Datasets
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// The Swift code of the README is the code of Tutorial.swift, which is compiled and run here.
@Suite("README")
struct ReadmeTests {
  private func text(_ path: String) throws -> String {
    let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let bytes = try readBytes(folder.joined(separator: "/") + "/" + path)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("Each block of Swift stands in Tutorial.swift")
  func blocks() throws {
    let tutorial = try text("Tutorial.swift")
    let blocks = try text("../../README.md").split(separator: "```swift\n").dropFirst()
      .compactMap { $0.split(separator: "```", maxSplits: 1).first }
    #expect(blocks.count >= 2)
    for block in blocks where !block.contains(".package(") {
      #expect(tutorial.contains(block), "\(block.prefix(60))…")
    }
  }

  /// Pictures of two classes that differ in where they are light.
  private func pictures() throws -> ImageSet {
    var pixels: [UInt8] = []
    var classes: [UInt8] = []
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

  @Test("The tutorial's loop learns, and what it saves is the model")
  func tutorial() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/ckpt.h5"
      let pictures = try pictures()
      try train(on: pictures, epochs: 2, saveTo: path)
      let model = try CheckpointFile(opening: path).loadModel()
      let predicted = model.predict(pictures.images).argmax()
      #expect(predicted == pictures.classes.map(Int.init))
    }
  }

  @Test("compile and fit learn")
  func compileAndFit() throws {
    let history = try fit(on: try pictures()).history
    #expect(history["accuracy"]?.last ?? 0 > 0.9)
  }
}
