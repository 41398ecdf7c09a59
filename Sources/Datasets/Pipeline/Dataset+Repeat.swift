import Preconditions

extension Dataset {
  /// Repeats the elements several times in one iteration.
  ///
  /// A shuffle before `repeat` reshuffles each pass, with the orders of the same number of
  /// iterations without `repeat`: every element appears once per pass. A shuffle after `repeat`
  /// mixes the passes.
  ///
  /// - Parameters:
  ///   - count: The number of passes, at least 0; `nil` repeats indefinitely.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: A dataset of the elements of all passes.
  /// - Precondition: The number of elements does not overflow.
  public func `repeat`(
    _ count: Int? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Dataset {
    if let count {
      requireCount(count, of: "repeat", file: file, line: line)
      require(
        !(self.count ?? 0).multipliedReportingOverflow(by: count).overflow,
        "repeat: `count` is \(count), and so many elements cannot be counted.", file: file,
        line: line)
    }
    return with(
      RepeatStage(upstream: stage, limit: count), "repeat(\(count.map { "\($0)" } ?? ""))")
  }
}

private struct RepeatStage: Stage {
  let upstream: any Stage

  /// The number of passes; `nil` repeats indefinitely.
  let limit: Int?

  var count: Int? {
    let count = upstream.count
    if limit == 0 || count == 0 { return 0 }
    guard let limit, let count else { return nil }
    return count * limit
  }

  var shuffleCount: Int { upstream.shuffleCount }

  func makeCursor(iteration: Int) -> any Cursor {
    Passes(
      upstream: upstream, limit: count == 0 ? 0 : limit ?? .max,
      // For indefinite repetition, pass numbers of two iterations coincide only after 65,536
      // passes.
      firstPass: limit.map { iteration &* $0 } ?? iteration << 16)
  }

  private struct Passes: Cursor {
    let upstream: any Stage
    let limit: Int
    let firstPass: Int

    /// The number of completed passes.
    var passes = 0
    var cursor: any Cursor

    /// The number of elements returned in this pass.
    var elements = 0

    init(upstream: any Stage, limit: Int, firstPass: Int) {
      self.upstream = upstream
      self.limit = limit
      self.firstPass = firstPass
      cursor = upstream.makeCursor(iteration: firstPass)
    }

    mutating func next() -> Token? {
      while passes < limit {
        if let token = cursor.next() {
          elements += 1
          return token
        }
        startPass(passes + 1)
      }
      return nil
    }

    mutating func skip(_ count: Int) {
      guard passes < limit else { return }
      guard let passCount = upstream.count else {
        cursor.skip(count)
        return
      }
      guard count > passCount - elements else {
        cursor.skip(count)
        elements += count
        return
      }
      let (whole, rest) = (count - (passCount - elements)).quotientAndRemainder(
        dividingBy: passCount)
      guard whole < limit - passes - 1 else {
        passes = limit
        return
      }
      startPass(passes + 1 + whole)
      cursor.skip(rest)
      elements = rest
    }

    private mutating func startPass(_ pass: Int) {
      passes = pass
      elements = 0
      cursor = upstream.makeCursor(iteration: firstPass &+ pass)
    }
  }
}
