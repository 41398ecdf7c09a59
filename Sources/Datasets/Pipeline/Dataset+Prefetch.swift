extension Dataset {
  /// Prefetches elements on another thread while earlier ones are in use.
  ///
  /// The order and ``Iterator/position`` do not change. The place of `prefetch` in the pipeline
  /// does not matter: prefetching always happens at the end, with the equivalent number of
  /// elements. The thread stops when its iterator is released.
  ///
  /// - Parameters:
  ///   - count: The number of elements to prefetch; 0 disables prefetching.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: A dataset with the same elements.
  public func prefetch(
    _ count: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Dataset {
    requireCount(count, of: "prefetch", file: file, line: line)
    return Dataset(
      stage: stage, recipe: recipe, prefetchCount: Swift.max(prefetchCount, count),
      operations: operations)
  }
}
