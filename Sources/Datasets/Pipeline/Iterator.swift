extension Dataset {
  /// An iterator over one pass of the dataset.
  ///
  /// Advance only one copy of an iterator, because copies share their prefetched elements.
  public struct Iterator: IteratorProtocol, Sendable {
    /// The position after the elements returned so far, regardless of prefetching.
    public private(set) var position: Position

    private let recipe: Recipe

    /// The cursor at the next token; `nil` with prefetching.
    private var cursor: (any Cursor)?
    private let queue: PrefetchQueue?

    init(_ dataset: Dataset, at position: Position) {
      var cursor = dataset.stage.makeCursor(iteration: position.iteration)
      cursor.skip(position.elements)
      self.position = position
      recipe = dataset.recipe
      if dataset.prefetchCount > 0 {
        queue = PrefetchQueue(cursor, recipe: recipe, capacity: dataset.prefetchCount)
      } else {
        queue = nil
        self.cursor = cursor
      }
    }

    /// The error that ended the iteration early; `nil` if there is none.
    ///
    /// Only images that are not in memory can fail: pictures that are decoded when they are needed.
    public var failure: DatasetError? { recipe.source.failure }

    /// Returns the next element, or `nil` at the end of the iteration or after a ``failure``.
    ///
    /// - Returns: An image and its label, or a batch of both.
    public mutating func next() -> Element? {
      let element =
        if let queue { queue.next() } else { cursor?.next().map(recipe.make) }
      guard element != nil, failure == nil else { return nil }
      position.elements += 1
      return element
    }
  }
}
