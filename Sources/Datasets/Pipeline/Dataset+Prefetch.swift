extension Dataset {
  /// Prefetches elements on another thread while earlier ones are in use.
  ///
  /// The order and ``Iterator/position`` do not change. The place of `prefetch` in the pipeline
  /// does not matter: prefetching always happens at the end, with the equivalent number of
  /// elements. The thread stops when its iterator is released.
  ///
  /// - Parameter count: The number of elements to prefetch; 0 disables prefetching.
  /// - Returns: A dataset with the same elements.
  /// - Throws: ``DatasetError/invalidArgument(_:)`` if `count` is negative.
  public func prefetch(_ count: Int) throws(DatasetError) -> Dataset {
    guard count >= 0 else {
      throw .invalidArgument("Cannot prefetch \(count) elements")
    }
    return Dataset(stage: stage, recipe: recipe, prefetchCount: Swift.max(prefetchCount, count))
  }
}
