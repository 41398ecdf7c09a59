/// One operation of a pipeline: says which elements come, in which order.
protocol Stage: Sendable {
  /// The number of elements of each iteration; `nil` if there is no end.
  var count: Int? { get }

  /// The number of shuffles up to here, which keeps their random numbers apart.
  var shuffleCount: Int { get }

  /// Starts an iteration.
  ///
  /// - Parameter iteration: How many iterations came before; what is random depends on it.
  /// - Returns: A cursor at the first token.
  func makeCursor(iteration: Int) -> any Cursor
}

/// Where one iteration over a stage is.
protocol Cursor: Sendable {
  /// Returns the next token, or `nil` at the end.
  mutating func next() -> Token?

  /// Leaves out `count` tokens, or those that are left if they are fewer.
  mutating func skip(_ count: Int)
}

extension Cursor {
  mutating func skip(_ count: Int) {
    var left = count
    while left > 0 && next() != nil { left -= 1 }
  }
}
