extension Dataset {
  /// Transforms each element.
  ///
  /// Elements that are not used, such as those dropped by ``skip(_:file:line:)``, are not
  /// transformed, and repeated elements are transformed again. The result should therefore depend
  /// only on the element.
  ///
  /// - Parameter transform: A closure that returns the replacement of an element. With
  ///   ``prefetch(_:file:line:)``, it is called on another thread.
  /// - Returns: A dataset of the transformed elements.
  public func map(_ transform: @escaping @Sendable (Element) -> Element) -> Dataset {
    Dataset(
      stage: stage, recipe: .map(recipe, transform), prefetchCount: prefetchCount,
      operations: operations + ["map"])
  }
}
