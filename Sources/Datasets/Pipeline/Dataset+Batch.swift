import Preconditions

extension Dataset {
  /// Combines consecutive elements into batches along a new first axis.
  ///
  /// - Parameters:
  ///   - size: The batch size, at least 1.
  ///   - dropRemainder: Whether to drop a last batch with fewer elements.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: A dataset of batches, images of shape `[size, …]` and labels of shape `[size, …]`.
  /// - Precondition: All elements of a batch have the same shape.
  public func batch(
    _ size: Int, dropRemainder: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Dataset {
    require(size > 0, "batch: `size` must be at least 1, but is \(size).", file: file, line: line)
    return Dataset(
      stage: BatchStage(upstream: stage, size: size, dropsRemainder: dropRemainder),
      recipe: .batch(of: recipe),
      // The number of batches that contain the elements to prefetch.
      prefetchCount: quotient(prefetchCount, size, roundsUp: true),
      operations: operations + ["batch(\(size)\(dropRemainder ? ", dropRemainder: true" : ""))"])
  }
}

private struct BatchStage: Stage {
  let upstream: any Stage
  let size: Int
  let dropsRemainder: Bool

  var count: Int? {
    upstream.count.map { quotient($0, size, roundsUp: !dropsRemainder) }
  }

  var shuffleCount: Int { upstream.shuffleCount }

  func makeCursor(iteration: Int) -> any Cursor {
    Batches(
      upstream: upstream.makeCursor(iteration: iteration), size: size,
      dropsRemainder: dropsRemainder)
  }

  private struct Batches: Cursor {
    var upstream: any Cursor
    let size: Int
    let dropsRemainder: Bool

    mutating func next() -> Token? {
      var tokens: [Token] = []
      while tokens.count < size, let token = upstream.next() { tokens.append(token) }
      guard !tokens.isEmpty && (tokens.count == size || !dropsRemainder) else { return nil }
      return .batch(tokens)
    }

    mutating func skip(_ count: Int) {
      let (elements, overflow) = count.multipliedReportingOverflow(by: size)
      upstream.skip(overflow ? .max : elements)
    }
  }
}

/// Divides non-negative numbers.
private func quotient(_ dividend: Int, _ divisor: Int, roundsUp: Bool) -> Int {
  let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
  return roundsUp && remainder > 0 ? quotient + 1 : quotient
}
