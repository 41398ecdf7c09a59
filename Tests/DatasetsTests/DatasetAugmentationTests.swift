import Datasets
import Tensors
import Testing
import Threads

@Suite("Datasets with augmentation")
struct DatasetAugmentationTests {
  private static let recipe = AugmentationRecipeTests.everything

  /// Images whose labels are their indexes.
  private func images(_ count: Int, channels: Int = 1) -> Dataset {
    Dataset(
      images: AugmentationRecipeTests.images(count, channels: channels),
      labels: Tensor((0..<count).map(Float.init)))
  }

  /// The augmented images of one iteration, by index.
  private func byIndex(_ dataset: Dataset) -> [Int: [Float]] {
    var found: [Int: [Float]] = [:]
    for (images, labels) in dataset {
      let count = images.count / max(labels.count, 1)
      for (place, label) in labels.scalars.enumerated() {
        found[Int(label)] = Array(images.scalars[place * count..<(place + 1) * count])
      }
    }
    return found
  }

  @Test("Order, batch size, place in the pipeline and threads change no image")
  func pipelines() {
    let before = Threads.count
    defer { Threads.count = before }
    let source = images(24, channels: 3)
    func augmented(_ dataset: Dataset) -> Dataset { dataset.augment(Self.recipe, seed: 5) }
    let expected = byIndex(augmented(source))
    #expect(expected.count == 24 && expected != byIndex(source))
    for count in [1, 2, 3] {
      Threads.count = count
      for dataset in [
        augmented(source).batch(4), augmented(source.batch(4)),
        augmented(source.shuffle(bufferSize: 9, seed: 2)).batch(7),
        augmented(source).shuffle(bufferSize: 9, seed: 2).batch(7).prefetch(2),
        augmented(source.batch(2).batch(3)), augmented(source.batch(2)).batch(3),
        augmented(source).map { ($0, $1) }.batch(5).prefetch(1),
      ] {
        #expect(byIndex(dataset) == expected)
      }
    }
  }

  @Test("Each iteration has other images, and a resumed one the same, at every position")
  func resumption() throws {
    let dataset = images(13).shuffle(bufferSize: 5, seed: 1).augment(Self.recipe, seed: 2)
      .batch(3).prefetch(2)
    var iterations: [[[Float]]] = []
    for _ in 0..<3 { iterations.append(dataset.map(\.0.scalars)) }
    #expect(iterations[0] != iterations[1] && iterations[1] != iterations[2])
    for (number, images) in iterations.enumerated() {
      for position in 0...5 {
        let other = self.images(13).shuffle(bufferSize: 5, seed: 1)
          .augment(Self.recipe, seed: 2).batch(3)
        let iterator = try other.makeIterator(
          at: .init(iteration: number, elements: position))
        let rest = IteratorSequence(iterator).map(\.0.scalars)
        #expect(rest == Array(images[position...]))
      }
    }
  }

  @Test("Passes of a repeated dataset have other images if the augmentation precedes")
  func repeated() {
    let recipe = Self.recipe
    let passes = images(6).augment(recipe, seed: 1).repeat(2).batch(6).map(\.0.scalars)
    #expect(passes.count == 2 && passes[0] != passes[1])
    let iterations = images(6).augment(recipe, seed: 1).batch(6)
    #expect([iterations, iterations].map { $0.map(\.0.scalars)[0] } == passes)
    let after = images(6).repeat(2).augment(recipe, seed: 1).batch(6).map(\.0.scalars)
    #expect(after[0] == after[1])
  }

  @Test("Datasets of bytes, of images without channels and of no images are augmented")
  func sources() throws {
    let bytes = (0..<4 * 42).map { UInt8($0) }
    let set = try ImageSet(pixels: bytes, classes: [0, 1, 2, 3], height: 7, width: 6)
    let expected = Self.recipe.augmented(set.images, indexes: [0, 1, 2, 3], epoch: 0, seed: 6)
    let first = Dataset(set).augment(Self.recipe, seed: 6).batch(4).map(\.0)
    #expect(first == [expected])
    let flat = Dataset(images: set.images.reshaped([4, 7, 6]), labels: set.labels)
      .augment(Self.recipe, seed: 6)
    #expect(flat.map(\.0.shape) == Array(repeating: [7, 6], count: 4))
    #expect(flat.flatMap(\.0.scalars) != expected.scalars)  // the next iteration
    #expect(
      Dataset(images: set.images.reshaped([4, 7, 6]), labels: set.labels)
        .augment(Self.recipe, seed: 6).flatMap(\.0.scalars) == expected.scalars)
    let none = Dataset(images: Tensor(zeros: [0, 7, 6, 1]), labels: Tensor(zeros: [0]))
    #expect(Array(none.augment(Self.recipe, seed: 6).batch(2)).isEmpty)
    let plain = images(3)
    #expect(byIndex(plain.augment(.none)) == byIndex(plain))
  }

  @Test("Elements that are not images stop the program, as wrong values do")
  func notImages() async {
    await #expect(processExitsWith: .failure) {
      _ = Array(examples(3).augment(AugmentationRecipe(flip: true), seed: 1))
    }
    await #expect(processExitsWith: .failure) { _ = AugmentationRecipe(zoom: 1) }
    await #expect(processExitsWith: .failure) { _ = AugmentationRecipe(rotate: .nan) }
    await #expect(processExitsWith: .failure) { _ = AugmentationRecipe.Elastic(sigma: 0) }
    await #expect(processExitsWith: .failure) {
      _ = AugmentationRecipe.none.augmented(
        Tensor(zeros: [1, 2, 2, 1]), indexes: [], epoch: 0, seed: 0)
    }
  }
}
