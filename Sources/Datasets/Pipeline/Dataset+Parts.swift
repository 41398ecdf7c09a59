import Preconditions

extension Dataset {
  /// Takes a part of the elements of each batch, for one of several processes.
  ///
  /// Batches are divided into `count` parts, of which some have one element more than others. The
  /// elements outside of the given parts are not created.
  ///
  /// - Parameters:
  ///   - parts: The consecutive parts to take.
  ///   - count: The number of parts.
  /// - Returns: A dataset of as many batches. A batch that has no element in these parts has its
  ///   first element, which is to be ignored.
  package func parts(_ parts: Range<Int>, of count: Int) -> Dataset {
    guard parts != 0..<count else { return self }
    return with(
      PartStage(upstream: stage, parts: parts, partCount: count), "parts(\(parts) of \(count))")
  }

  /// Takes every `count`-th element.
  ///
  /// - Parameters:
  ///   - count: The distance of the elements.
  ///   - first: The index of the first element to take, less than `count`.
  /// - Returns: A dataset of these elements.
  package func every(_ count: Int, from first: Int) -> Dataset {
    count == 1
      ? self : with(StrideStage(upstream: stage, first: first, stride: count), "every(\(count))")
  }

  /// The elements of a batch that belong to some of its parts.
  ///
  /// - Parameters:
  ///   - parts: The parts.
  ///   - count: The number of parts.
  ///   - size: The size of the batch.
  /// - Returns: The indexes of the elements.
  package static func elements(ofParts parts: Range<Int>, of count: Int, size: Int) -> Range<Int> {
    parts.lowerBound * size / count..<parts.upperBound * size / count
  }
}

private struct PartStage: Stage {
  let upstream: any Stage
  let parts: Range<Int>
  let partCount: Int

  var count: Int? { upstream.count }
  var shuffleCount: Int { upstream.shuffleCount }

  func makeCursor(iteration: Int) -> any Cursor {
    Parts(upstream: upstream.makeCursor(iteration: iteration), parts: parts, count: partCount)
  }

  private struct Parts: Cursor {
    var upstream: any Cursor
    let parts: Range<Int>
    let count: Int

    mutating func next() -> Token? { upstream.next().map(part) }

    mutating func skip(_ count: Int) { upstream.skip(count) }

    private func part(_ token: Token) -> Token {
      switch token {
      case .batch(let tokens):
        let range = Dataset.elements(ofParts: parts, of: count, size: tokens.count)
        return .batch(Array(tokens[range.isEmpty ? 0..<1 : range]))
      case .iteration(let iteration, let inner):
        return .iteration(iteration, part(inner))
      case .example:
        fail("`parts` needs batches.")
      }
    }
  }
}

private struct StrideStage: Stage {
  let upstream: any Stage
  let first: Int
  let stride: Int

  var count: Int? { upstream.count.map { max(0, $0 - first + stride - 1) / stride } }
  var shuffleCount: Int { upstream.shuffleCount }

  func makeCursor(iteration: Int) -> any Cursor {
    var cursor = upstream.makeCursor(iteration: iteration)
    cursor.skip(first)
    return Strides(upstream: cursor, stride: stride)
  }

  private struct Strides: Cursor {
    var upstream: any Cursor
    let stride: Int

    mutating func next() -> Token? {
      guard let token = upstream.next() else { return nil }
      upstream.skip(stride - 1)
      return token
    }
  }
}
