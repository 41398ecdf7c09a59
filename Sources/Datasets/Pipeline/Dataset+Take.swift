private struct TakeStage: Stage {
  let upstream: any Stage
  let limit: Int

  var count: Int? { upstream.count.map { min($0, limit) } ?? limit }
  var shuffleCount: Int { upstream.shuffleCount }

  func makeCursor(iteration: Int) -> any Cursor {
    First(upstream: upstream.makeCursor(iteration: iteration), left: limit)
  }

  private struct First: Cursor {
    var upstream: any Cursor
    var left: Int

    mutating func next() -> Token? {
      guard left > 0 else { return nil }
      left -= 1
      return upstream.next()
    }

    mutating func skip(_ count: Int) {
      let count = min(count, left)
      left -= count
      upstream.skip(count)
    }
  }
}

extension Dataset {
  /// Returns a dataset of at most the first `count` elements.
  ///
  /// - Parameters:
  ///   - count: The maximum number of elements, at least 0; tf.data also accepts -1 for all.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: The dataset.
  public func take(
    _ count: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Dataset {
    requireCount(count, of: "take", file: file, line: line)
    let first = TakeStage(upstream: stage, limit: count)
    return with(first, "take(\(count))")
  }
}
