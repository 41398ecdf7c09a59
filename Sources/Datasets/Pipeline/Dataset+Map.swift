extension Dataset {
  /// Changes each element.
  ///
  /// An element that nobody looks at, such as one that ``skip(_:)`` leaves out, is not made, and
  /// one that comes again is made again; so the result should depend on nothing but the element.
  ///
  /// - Parameter transform: Receives an element and returns what takes its place; called on another
  ///   thread if the dataset makes elements ahead, see ``prefetch(_:)``.
  /// - Returns: A dataset of what `transform` returns.
  public func map(_ transform: @escaping @Sendable (Element) -> Element) -> Dataset {
    Dataset(stage: stage, recipe: .map(recipe, transform), prefetchCount: prefetchCount)
  }
}
