import Preconditions
import Tensors

extension Dataset {
  /// Shuffles the elements with a buffer, as in `tf.data`.
  ///
  /// The element at position `i` comes from position `i + bufferSize - 1` or earlier, so a buffer
  /// that is smaller than the dataset shuffles only locally.
  ///
  /// For each element, the buffer is filled at its end, `RandomStream.integer(below:)` draws the
  /// slot to return, and the last slot moves to its place. The seed selects the random stream, the
  /// iteration its substream.
  ///
  /// - Parameters:
  ///   - bufferSize: The shuffle buffer size, at least 1; a full shuffle needs the size of the
  ///     dataset.
  ///   - seed: The random seed; `nil` draws one from the system now.
  ///   - reshuffleEachIteration: Whether each iteration has a different order.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: A dataset with the same elements in another order.
  public func shuffle(
    bufferSize: Int, seed: UInt64? = nil, reshuffleEachIteration: Bool = true,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Dataset {
    require(
      bufferSize > 0, "shuffle: `bufferSize` must be at least 1, but is \(bufferSize).",
      file: file, line: line)
    var system = SystemRandomNumberGenerator()
    return with(
      ShuffleStage(
        upstream: stage, bufferSize: bufferSize, seed: seed ?? system.next(),
        reshuffles: reshuffleEachIteration),
      "shuffle(bufferSize: \(bufferSize), seed: \(Self.text(ofSeed: seed))"
        + (reshuffleEachIteration ? ")" : ", reshuffleEachIteration: false)"))
  }
}

private struct ShuffleStage: Stage {
  let upstream: any Stage
  let bufferSize: Int
  let seed: UInt64
  let reshuffles: Bool

  /// The random stream: "shuf" in ASCII, plus the number of previous shuffles.
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
