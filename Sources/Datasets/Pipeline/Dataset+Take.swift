extension Dataset {
  /// Returns a dataset of at most the first `count` elements.
  ///
  /// Unlike in tf.data, a negative count is an error.
  ///
  /// - Parameter count: The maximum number of elements.
  /// - Returns: The dataset.
  /// - Throws: ``DatasetError/invalidArgument(_:)`` if `count` is negative.
  public func take(_ count: Int) throws(DatasetError) -> Dataset {
    guard count >= 0 else {
      throw .invalidArgument("Cannot take \(count) elements")
    }
    return with(TakeStage(upstream: stage, limit: count))
  }
}

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
