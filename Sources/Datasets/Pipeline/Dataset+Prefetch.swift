extension Dataset {
  /// Makes elements ahead, on another thread, while earlier ones are being used.
  ///
  /// The order and ``Iterator/position`` stay the same. It makes no difference which operations
  /// come before and after: elements are always made ahead at the end of the pipeline, as many as
  /// hold what was asked for here. When an iterator is no longer used, its thread makes no more.
  ///
  /// - Parameter count: The number of elements to make ahead; none if 0.
  /// - Returns: A dataset with the same elements.
  /// - Throws: ``DatasetError/invalidArgument(_:)`` if `count` is negative.
  public func prefetch(_ count: Int) throws(DatasetError) -> Dataset {
    guard count >= 0 else {
      throw .invalidArgument("Cannot prefetch \(count) elements")
    }
    return Dataset(stage: stage, recipe: recipe, prefetchCount: Swift.max(prefetchCount, count))
  }
}
