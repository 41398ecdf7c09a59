import Datasets
import Testing

@Suite("Shuffling")
struct ShuffleTests {
  @Test("Orders are those that another implementation computes from the seed and iteration")
  func orders() throws {
    for line in try lines(of: "shuffle.txt") {
      let parts = line.split(separator: " => ")
      let fields = parts[0].split(separator: " ")
      let expected = parts[1].split(separator: " ").compactMap { Int($0) }
      let numbers = fields.compactMap { UInt64($0) }.map { Int(truncatingIfNeeded: $0) }
      try #require(numbers.count == 5 && expected.count == numbers[0])
      var dataset = examples(numbers[0])
      for _ in 0..<numbers[4] {
        dataset = dataset.shuffle(
          bufferSize: numbers[1], seed: UInt64(truncatingIfNeeded: numbers[2]))
      }
      for _ in 0..<numbers[3] { _ = dataset.makeIterator() }
      #expect(order(dataset) == expected, "\(line)")
    }
  }

  @Test(
    "Every element is returned once, and none before the buffer can hold it",
    arguments: [1, 2, 10, 100])
  func displacement(bufferSize: Int) throws {
    let dataset = examples(300).shuffle(bufferSize: bufferSize, seed: 5)
    var reached = 0
    for _ in 0..<20 {
      let order = order(dataset)
      #expect(order.sorted() == Array(0..<300))
      for (place, index) in order.enumerated() {
        #expect(index <= place + bufferSize - 1)
        reached = max(reached, index - place)
      }
    }
    #expect(reached == bufferSize - 1)
  }

  @Test("A buffer of at least all elements brings each to each place about equally often")
  func fullShuffle() throws {
    let dataset = examples(5).shuffle(bufferSize: 9, seed: 1)
    var counts = [[Int]](repeating: [Int](repeating: 0, count: 5), count: 5)
    for _ in 0..<5000 {
      for (place, index) in order(dataset).enumerated() { counts[place][index] += 1 }
    }
    // The standard deviation is 28; the seed is fixed, so this holds always or never.
    #expect(counts.allSatisfy { $0.allSatisfy { abs($0 - 1000) < 140 } }, "\(counts)")
  }

  @Test("Each iteration has another order, and a new dataset repeats them")
  func reshuffles() throws {
    let dataset = examples(50).shuffle(bufferSize: 50, seed: 5)
    let orders = (0..<4).map { _ in order(dataset) }
    #expect(Set(orders).count == 4)
    let again = examples(50).shuffle(bufferSize: 50, seed: 5)
    #expect((0..<4).map { _ in order(again) } == orders)
    #expect(order(examples(50).shuffle(bufferSize: 50, seed: 6)) != orders[0])
  }

  @Test("Without reshuffling each iteration has the same order")
  func doesNotReshuffle() throws {
    let dataset = examples(50).shuffle(
      bufferSize: 50, seed: 5, reshuffleEachIteration: false)
    let first = order(dataset)
    #expect(first != Array(0..<50))
    #expect(order(dataset) == first)
    #expect(order(dataset.repeat(2)) == first + first)
  }

  @Test("Without a seed two datasets have different orders, and iterations can be repeated")
  func drawsSeed() throws {
    let dataset = examples(50).shuffle(bufferSize: 50)
    let first = order(dataset)
    #expect(order(examples(50).shuffle(bufferSize: 50)) != first)
    var iterator = try dataset.makeIterator(at: .init(iteration: 0, elements: 0))
    #expect(first == (0..<50).compactMap { _ in iterator.next().flatMap { labels($0).first } })
  }

  @Test("Copies of a dataset count iterations together")
  func copies() throws {
    let dataset = examples(50).shuffle(bufferSize: 50, seed: 5)
    let copy = dataset
    let first = order(dataset)
    #expect(order(copy) != first)
    #expect(dataset.makeIterator().position == .init(iteration: 2, elements: 0))
  }

  @Test("Repeating a shuffled dataset gives the orders of that many iterations")
  func shuffleThenRepeat() throws {
    let dataset = examples(20).shuffle(bufferSize: 20, seed: 5)
    let orders = (0..<6).flatMap { _ in order(dataset) }
    #expect(order(dataset.repeat(6)) == orders)
    #expect(order(dataset.repeat().take(120)) == orders)
    let twice = dataset.repeat(2)
    #expect(order(twice) + order(twice) + order(twice) == orders)
  }

  @Test("Shuffling a repeated dataset mixes the passes")
  func repeatThenShuffle() throws {
    let mixed = order(examples(20).repeat(2).shuffle(bufferSize: 40, seed: 5))
    #expect(mixed.sorted() == (0..<20).flatMap { [$0, $0] })
    #expect(Set(mixed.prefix(20)).count < 20)
  }

  @Test("Shuffling batches keeps each batch together")
  func shuffleAfterBatch() throws {
    let batches = labels(examples(20).batch(4).shuffle(bufferSize: 5, seed: 5))
    let ordered = labels(examples(20).batch(4))
    #expect(batches != ordered)
    #expect(batches.sorted { $0[0] < $1[0] } == ordered)
  }
}
