import Cairn
import TestSupport
import Testing

@Suite("The article Determinism")
struct DeterminismTests {
  @Test("The order of a sum changes its result as the article shows")
  func order() throws {
    let shown = Documentation.blocks(
      of: "text", in: try readText(Documentation.article("Determinism")))[0]
    #expect(Transcript.of(sumInOrder) == shown.joined(separator: "\n") + "\n")
  }

  @Test("A loop with numbers of its own has the same bits, resumed and with any number of threads")
  func loop() throws {
    try withTemporaryDirectory { directory in
      let images = try MNIST.load(from: writeData(in: directory, train: 96)).train
      let whole = try trainWithNoise(on: images, epochs: 2, saveTo: "\(directory)/whole.h5")
      let threads = Threads.count
      defer { Threads.count = threads }
      Threads.count = 3
      _ = try trainWithNoise(on: images, epochs: 1, saveTo: "\(directory)/parts.h5")
      Threads.count = 1
      let parts = try trainWithNoise(on: images, epochs: 2, saveTo: "\(directory)/parts.h5")
      let bits = { (tensors: [Tensor]) in tensors.map { $0.scalars.map(\.bitPattern) } }
      #expect(bits(whole) == bits(parts))
      #expect(
        try differences(between: "\(directory)/whole.h5", and: "\(directory)/parts.h5").isEmpty)
      _ = try trainWithNoise(on: images, epochs: 3, saveTo: "\(directory)/parts.h5")
      #expect(
        try !differences(between: "\(directory)/whole.h5", and: "\(directory)/parts.h5").isEmpty)
    }
  }
}
