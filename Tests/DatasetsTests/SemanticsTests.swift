import Datasets
import Foundation
import Tensors
import Testing

@Suite("The semantics of tf.data")
struct SemanticsTests {
  @Test("Pipelines without randomness return the same elements as TensorFlow's")
  func agreesWithTensorFlow() throws {
    let lines = try lines(of: "semantics.txt")
    #expect(lines.count == 279)
    for line in lines {
      let operations = line.split(separator: " =>")[0].components(separatedBy: " ; ")
      let count = try #require(Int(operations[0]))
      let dataset = try apply(Array(operations.dropFirst()), to: examples(count))
      let elements = Array(dataset)
      let text = elements.map { images, labels in
        let values = labels.scalars.map { "\(Int($0))" }.joined(separator: " ")
        return "\(labels.shape) \(values) \(images.shape)"
      }
      #expect(operations.joined(separator: " ; ") + " => " + text.joined(separator: " | ") == line)
      #expect(dataset.count == elements.count, "\(line)")
      for (images, labels) in elements {
        let indexes = labels.scalars.map { $0.truncatingRemainder(dividingBy: 100) }
        #expect(images.scalars == indexes.flatMap { [$0, 10 * $0] }, "\(line)")
      }
    }
  }

  @Test("An endless dataset has no count")
  func endless() throws {
    let dataset = examples(5).repeat()
    #expect(dataset.count == nil)
    #expect(dataset.batch(2).count == nil)
    #expect(dataset.skip(100).count == nil)
    #expect(dataset.take(12).count == 12)
  }

  @Test("A loop can be left and started again")
  func restarts() throws {
    let dataset = examples(5).batch(2)
    for element in dataset {
      #expect(labels(element) == [0, 1])
      break
    }
    #expect(labels(dataset) == [[0, 1], [2, 3], [4]])
  }

  @Test("An iterator stays at its end")
  func staysAtEnd() throws {
    for operation in ["take 3", "repeat 2", "batch-drop 2", "shuffle 2", "prefetch 2"] {
      let dataset = try apply([operation], to: examples(5))
      var iterator = dataset.makeIterator()
      while iterator.next() != nil {}
      let end = iterator.position
      #expect(iterator.next() == nil, "\(operation)")
      #expect(iterator.next() == nil, "\(operation)")
      #expect(iterator.position == end)
      #expect(end.elements == dataset.count)
    }
  }

  @Test("Images have a channel axis, pixels divided by 255, and their classes")
  func pictures() throws {
    let set = try ImageSet(
      pixels: [0, 51, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
      classes: [7, 0, 3], height: 2, width: 3)
    let single = try #require(Array(Dataset(set)).last)
    #expect(single.0 == Tensor((10...15).map { Float($0) / 255 }, shape: [2, 3, 1]))
    #expect(single.1 == Tensor(3))
    let batches = Array(Dataset(set).batch(2))
    #expect(batches.map(\.0.shape) == [[2, 2, 3, 1], [1, 2, 3, 1]])
    #expect(batches.map(\.1) == [Tensor([7, 0]), Tensor([3])])
    #expect(batches.flatMap(\.0.scalars) == set.images.scalars)
    #expect(batches[0].0.scalars.prefix(4) == [0, 0.2, 1, 1 / 255])
    #expect(set.images.shape == [3, 2, 3, 1])
    #expect(set.labels == Tensor([7, 0, 3]))
  }

  @Test("A map after a batch sees the batch, and one before sees each example")
  func mapSeesElements() throws {
    let shapes = examples(4).map { ($0, Tensor(Float($0.count + $1.count))) }.batch(2)
      .map { ($0, Tensor($1.scalars + [Float($0.count)], shape: [3])) }
    #expect(labels(shapes) == [[3, 3, 4], [3, 3, 4]])
  }
}
