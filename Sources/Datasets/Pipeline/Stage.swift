/// A stage of a pipeline, which determines the elements and their order.
protocol Stage: Sendable {
  /// The number of elements of each iteration; `nil` if it is infinite.
  var count: Int? { get }

  /// The number of shuffles up to this stage, which selects independent random streams.
  var shuffleCount: Int { get }

  /// Starts an iteration.
  ///
  /// - Parameter iteration: The number of previous iterations, which selects the random numbers.
  /// - Returns: A cursor at the first token.
  func makeCursor(iteration: Int) -> any Cursor
}

/// The state of one iteration over a stage.
protocol Cursor: Sendable {
  /// Returns the next token, or `nil` at the end.
  mutating func next() -> Token?

  /// Skips `count` tokens, or all remaining ones if there are fewer.
  mutating func skip(_ count: Int)
}

extension Cursor {
  mutating func skip(_ count: Int) {
    var left = count
    while left > 0 && next() != nil { left -= 1 }
  }
}
