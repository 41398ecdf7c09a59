import Datasets
import Foundation
import Tensors
import Testing

@Suite("Resuming in the middle of an iteration")
struct PositionTests {
  /// Pipelines of up to three different operations in every order, and longer ones.
  static let pipelines: [[String]] = {
    let operations = [
      "shuffle 4", "batch 3", "map", "take 7", "skip 2", "repeat 2", "prefetch 2", "batch-drop 2",
    ]
    func arrangements(_ length: Int) -> [[String]] {
      guard length > 0 else { return [[]] }
      return arrangements(length - 1).flatMap { start in
        operations.filter { !start.contains($0) }.map { start + [$0] }
      }
    }
    let uniform = (0...3).flatMap(arrangements).filter { pipeline in
      // A smaller last batch cannot be part of a batch.
      !(pipeline.contains("batch 3") && pipeline.contains("batch-drop 2"))
    }
    return uniform + [
      ["shuffle 4", "repeat 3", "shuffle 7", "batch 4", "map", "prefetch 3", "skip 1"],
      ["repeat", "shuffle 20", "batch 3", "take 6"],
      ["shuffle 10", "repeat", "skip 25", "batch 4", "take 9", "prefetch 1"],
      ["shuffle 3", "batch-drop 2", "repeat", "batch 2", "shuffle 2", "take 11"],
      ["shuffle 3", "repeat 2", "repeat", "take 50"],
    ]
  }()

  @Test("A restored iterator returns exactly the remaining elements, at every position")
  func restores() throws {
    #expect(Self.pipelines.count > 300)
    for pipeline in Self.pipelines {
      let dataset = try apply(pipeline, to: examples(10))
      _ = Array(dataset)
      var iterator = dataset.makeIterator()
      var positions = [iterator.position]
      var elements: [Tensor] = []
      while let (_, labels) = iterator.next() {
        elements.append(labels)
        positions.append(iterator.position)
      }
      #expect(
        positions == (0...elements.count).map { Dataset.Position(iteration: 1, elements: $0) })
      let restored = try apply(pipeline, to: examples(10))
      for position in positions {
        var rest = try restored.makeIterator(at: position)
        #expect(rest.position == position)
        for element in elements[position.elements...] {
          #expect(rest.next()?.1 == element, "\(pipeline) at \(position.elements)")
        }
        #expect(rest.next() == nil, "\(pipeline) at \(position.elements)")
      }
    }
  }

  @Test("Resuming far into an endless dataset does not replay whole passes")
  func skipsPasses() throws {
    let dataset = examples(10).shuffle(bufferSize: 10, seed: 1).repeat().batch(5)
    var far = try dataset.makeIterator(at: .init(iteration: 0, elements: 1 << 40 | 1))
    // Batch 2⁴⁰ + 1 is the second half of pass 2³⁹, of which the substream has the lowest 32 bits.
    var near = try dataset.makeIterator(at: .init(iteration: 0, elements: 1))
    #expect(far.next()?.1 == near.next()?.1)
    var beyond = try dataset.makeIterator(at: .init(iteration: 0, elements: .max / 2))
    #expect(beyond.next()?.1.count == 5)
    #expect(beyond.position.elements == .max / 2 + 1)
    let nested = examples(10).repeat().repeat(2).batch(5)
    beyond = try nested.makeIterator(at: .init(iteration: .max, elements: .max / 2))
    #expect(beyond.next()?.1.count == 5)
  }

  @Test("The iteration after a restored one is the next to start")
  func proceeds() throws {
    let dataset = examples(20).shuffle(bufferSize: 20, seed: 1)
    let orders = (0..<4).map { _ in order(dataset) }
    let restored = examples(20).shuffle(bufferSize: 20, seed: 1)
    _ = try restored.makeIterator(at: .init(iteration: 2, elements: 7))
    #expect(restored.makeIterator().position == .init(iteration: 3, elements: 0))
    _ = try restored.makeIterator(at: .init(iteration: 2, elements: 7))
    #expect(order(restored) == orders[3])
  }

  @Test("A position survives being encoded")
  func codable() throws {
    let position = Dataset.Position(iteration: 3, elements: 1874)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let data = try encoder.encode(position)
    #expect(String(decoding: data, as: UTF8.self) == #"{"elements":1874,"iteration":3}"#)
    #expect(try JSONDecoder().decode(Dataset.Position.self, from: data) == position)
  }

  @Test("Positions outside of every iteration are refused")
  func refuses() throws {
    let dataset = examples(10).batch(4)
    func error(_ iteration: Int, _ elements: Int) throws -> String? {
      #expect(throws: DatasetError.self) {
        try dataset.makeIterator(at: .init(iteration: iteration, elements: elements))
      }?.description
    }
    #expect(try error(0, 4) == "Cannot go on after 4 elements: an iteration has 3")
    #expect(try error(-1, 0) == "There is no element 0 of iteration -1")
    let endless = examples(10).repeat()
    #expect(
      throws: DatasetError.invalidArgument("There is no element \(Int.max) of iteration 0")
    ) { try endless.makeIterator(at: .init(iteration: 0, elements: .max)) }
    #expect(try error(0, -2) == "There is no element -2 of iteration 0")
    var last = try dataset.makeIterator(at: .init(iteration: .max, elements: 3))
    #expect(last.next() == nil)
  }
}
