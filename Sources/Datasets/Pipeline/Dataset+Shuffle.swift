import Tensors

extension Dataset {
  /// Draws each element at random from a buffer that is refilled in order, as `tf.data` does.
  ///
  /// The element at place `i` was at most `bufferSize - 1` places later before, so a buffer
  /// that is smaller than the dataset shuffles only nearby elements.
  ///
  /// For each element, the buffer is filled at its end, then `RandomStream.integer(below:)` draws the
  /// slot to hand out, and the last of the buffer takes its place. The stream is named by the seed
  /// and by the iteration, its substream.
  ///
  /// - Parameters:
  ///   - bufferSize: The number of elements to draw from; the number of all for a perfect shuffle.
  ///   - seed: Datasets with equal seeds have equal orders; by default, drawn by the system now.
  ///   - reshuffleEachIteration: Whether each iteration has an order of its own.
  /// - Returns: A dataset with the same elements in another order.
  /// - Throws: ``DatasetError/invalidArgument(_:)`` if `bufferSize` is less than 1.
  public func shuffle(
    bufferSize: Int, seed: UInt64? = nil, reshuffleEachIteration: Bool = true
  ) throws(DatasetError) -> Dataset {
    guard bufferSize > 0 else {
      throw .invalidArgument("Cannot shuffle with a buffer of \(bufferSize) elements")
    }
    var system = SystemRandomNumberGenerator()
    return with(
      ShuffleStage(
        upstream: stage, bufferSize: bufferSize, seed: seed ?? system.next(),
        reshuffles: reshuffleEachIteration))
  }
}

private struct ShuffleStage: Stage {
  let upstream: any Stage
  let bufferSize: Int
  let seed: UInt64
  let reshuffles: Bool

  /// What the random numbers are for: "shuf" in ASCII, plus the number of shuffles before.
  private static let stream: UInt32 = 0x7368_7566

  var count: Int? { upstream.count }
  var shuffleCount: Int { upstream.shuffleCount + 1 }

  func makeCursor(iteration: Int) -> any Cursor {
    Buffer(
      upstream: upstream.makeCursor(iteration: iteration), size: bufferSize,
      random: RandomStream(
        seed: seed, stream: Self.stream &+ UInt32(truncatingIfNeeded: upstream.shuffleCount),
        substream: reshuffles ? UInt32(truncatingIfNeeded: iteration) : 0))
  }

  private struct Buffer: Cursor {
    var upstream: any Cursor
    let size: Int
    var random: RandomStream
    var tokens: [Token] = []

    mutating func next() -> Token? {
      while tokens.count < size, let token = upstream.next() { tokens.append(token) }
      guard !tokens.isEmpty else { return nil }
      tokens.swapAt(random.integer(below: tokens.count), tokens.count - 1)
      return tokens.popLast()
    }
  }
}
