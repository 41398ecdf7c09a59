extension Dataset {
  /// Skips the first elements of each iteration.
  ///
  /// - Parameter count: The number of elements to skip; if the dataset has fewer, all are skipped.
  /// - Returns: A dataset of the remaining elements.
  /// - Throws: ``DatasetError/invalidArgument(_:)`` if `count` is negative.
  public func skip(_ count: Int) throws(DatasetError) -> Dataset {
    guard count >= 0 else {
      throw .invalidArgument("Cannot skip \(count) elements")
    }
    return with(SkipStage(upstream: stage, skipped: count))
  }
}

private struct SkipStage: Stage {
  let upstream: any Stage
  let skipped: Int

  var count: Int? { upstream.count.map { max(0, $0 - skipped) } }
  var shuffleCount: Int { upstream.shuffleCount }

  func makeCursor(iteration: Int) -> any Cursor {
    var cursor = upstream.makeCursor(iteration: iteration)
    cursor.skip(skipped)
    return cursor
  }
}
