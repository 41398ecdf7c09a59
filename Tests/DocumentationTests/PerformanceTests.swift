import Cairn
import TestSupport
import Testing

@Suite("The article Performance")
struct PerformanceTests {
  @Test("The speed of a model is measured")
  func speed() throws {
    try withTemporaryDirectory { directory in
      let images = try MNIST.load(from: writeData(in: directory, train: 96)).train
      let model = MyModel()
      model.compile(
        optimizer: Adam(), loss: SparseCategoricalCrossentropy(fromLogits: true), metrics: [])
      #expect(picturesPerSecond(model, images, batchSize: 32) > 0)
    }
  }
}
