import Cairn
import TestSupport
import Testing

/// The examples in the comments of the module Datasets.
@Suite("Examples of data")
struct DatasetsExamples {
  @Test func imageSet() throws {
    let pixels = [UInt8](repeating: 128, count: 3 * 8 * 8)
    let images = try ImageSet(pixels: pixels, classes: [0, 1, 0], height: 8, width: 8)
    let batch = images.images  // [3, 8, 8, 1], bytes divided by 255
    #expect(batch.shape == [3, 8, 8, 1] && abs(batch[0, 0, 0, 0] - 0.50196) < 1e-4)
    #expect(images.labels == [0, 1, 0])
  }

  @Test func dataset() {
    let images = Tensor(zeros: [100, 28, 28, 1])
    let labels = Tensor(zeros: [100])

    let batches = Dataset(images: images, labels: labels)
      .shuffle(bufferSize: 100, seed: 1).batch(32).prefetch(2)
    for (images, labels) in batches {
      print(images.shape, labels.shape)  // [32, 28, 28, 1] [32]; the last batch has 4 elements
    }
    #expect(batches.count == 4)
    #expect(batches.map { $0.0.shape[0] } == [32, 32, 32, 4])
  }

  @Test func mnist() throws {
    let folder = "\(packageDirectory)/samples/mnist"

    let (train, test) = try MNIST.load(from: folder)
    let batches = Dataset(train).shuffle(bufferSize: train.count, seed: 42).batch(32)
    print(train.count, test.count, batches.count ?? 0)
    #expect(train.height == 28 && train.channels == 1 && test.count > 0)
  }

  @Test func dataSource() throws {
    let path = "\(packageDirectory)/samples/mnist"

    let source = try DataSource(opening: path)
    print(source.outline.counts)  // the number of images of each set, without decoding them
    let data = try source.load()
    print(data.train.images.shape, data.classCount)
    #expect(data.train.count == source.outline.counts[.train])
    #expect(data.classCount == 10)
  }

  @Test func augmentationRecipe() throws {
    let images = Tensor(zeros: [8, 28, 28, 1])
    let batches = Dataset(images: images, labels: Tensor(zeros: [8])).batch(4)

    let recipe = try AugmentationRecipe(parsing: "shift=2,rotate=10")
    let augmented = batches.augment(recipe, seed: 1)  // other pictures in each epoch
    #expect(augmented.count == 2)
    #expect(recipe.shift == 2 && recipe.rotate == 10)
  }

  @Test func augment() throws {
    let pixels = [UInt8](repeating: 0, count: 8 * 28 * 28)
    let train = try ImageSet(
      pixels: pixels, classes: [0, 1, 2, 3, 4, 5, 6, 7], height: 28, width: 28)
    let recipe = AugmentationRecipe.none

    let batches = Dataset(train).augment(recipe, seed: 1)
      .shuffle(bufferSize: 10_000, seed: 1).batch(32).prefetch(2)
    #expect(batches.count == 1)
  }
}
