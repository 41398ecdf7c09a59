extension Dataset {
  /// Hands out the elements of one iteration.
  ///
  /// Advance only one of the copies of an iterator: elements that are made ahead are shared.
  public struct Iterator: IteratorProtocol, Sendable {
    /// Where the iterator is: after the elements that it has handed out, however many were made
    /// ahead.
    public private(set) var position: Position

    private let recipe: Recipe

    /// What comes next, unless a queue makes elements ahead.
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

    /// Returns the next element, or `nil` at the end of the iteration.
    ///
    /// - Returns: An image and its label, or a batch of both.
    public mutating func next() -> Element? {
      let element =
        if let queue { queue.next() } else { cursor?.next().map(recipe.make) }
      if element != nil { position.elements += 1 }
      return element
    }
  }
}
