extension Dataset {
  /// Skips the first elements of each iteration.
  ///
  /// - Parameters:
  ///   - count: The number of elements to skip, at least 0; if the dataset has fewer, all are
  ///     skipped.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: A dataset of the remaining elements.
  public func skip(
    _ count: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Dataset {
    requireCount(count, of: "skip", file: file, line: line)
    return with(SkipStage(upstream: stage, skipped: count), "skip(\(count))")
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
