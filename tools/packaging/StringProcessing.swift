// A stand-in for the part of Swift's `_StringProcessing` that the programs use, for programs that
// are linked statically: the module brings all of regular expressions along, more than a megabyte.
//
// If a program came to use more of it, it would not link.

extension StringProtocol {
  /// Whether a string is a part of this one.
  ///
  /// - Parameter other: The string.
  /// - Returns: Whether it is.
  public func contains(_ other: String) -> Bool { firstRange(of: other) != nil }

  /// Whether a string is a part of this one.
  ///
  /// - Parameter other: The string.
  /// - Returns: Whether it is.
  public func contains(_ other: Substring) -> Bool { firstRange(of: other) != nil }
}

extension BidirectionalCollection where Element: Comparable {
  /// The first place of other elements in these.
  ///
  /// - Parameter other: The elements.
  /// - Returns: The place, or `nil`.
  public func firstRange<C: Collection>(of other: C) -> Range<Index>?
  where C.Element == Element { range(of: other, from: startIndex) }
}

extension Collection where Element: Equatable {
  /// The elements between those that separate them.
  ///
  /// - Parameters:
  ///   - separator: The elements that separate, at least one.
  ///   - maxSplits: The maximum number of separations.
  ///   - omittingEmptySubsequences: Whether empty parts are left out.
  /// - Returns: The parts.
  public func split<C: Collection>(
    separator: C, maxSplits: Int = .max, omittingEmptySubsequences: Bool = true
  ) -> [SubSequence] where C.Element == Element {
    precondition(!separator.isEmpty && maxSplits == .max, "the stand-in cannot split like this")
    var parts: [SubSequence] = []
    var start = startIndex
    while true {
      let found = range(of: separator, from: start)
      let end = found?.lowerBound ?? endIndex
      if start != end || !omittingEmptySubsequences { parts.append(self[start..<end]) }
      guard let found else { return parts }
      start = found.upperBound
    }
  }

  /// The first place of other elements at or after an index.
  fileprivate func range<C: Collection>(of other: C, from start: Index) -> Range<Index>?
  where C.Element == Element {
    var first = start
    while true {
      var (end, rest) = (first, other.startIndex)
      while rest != other.endIndex, end != endIndex, self[end] == other[rest] {
        formIndex(after: &end)
        other.formIndex(after: &rest)
      }
      if rest == other.endIndex { return first..<end }
      if first == endIndex { return nil }
      formIndex(after: &first)
    }
  }
}

extension RangeReplaceableCollection where Element: Equatable {
  /// The elements with others in the place of some.
  ///
  /// - Parameters:
  ///   - other: The elements that are replaced, at least one.
  ///   - replacement: What replaces them.
  ///   - maxReplacements: The maximum number of places.
  /// - Returns: The elements.
  public func replacing<C: Collection, R: Collection>(
    _ other: C, with replacement: R, maxReplacements: Int = .max
  ) -> Self where C.Element == Element, R.Element == Element {
    precondition(
      !other.isEmpty && maxReplacements == .max, "the stand-in cannot replace like this")
    var result = Self()
    var start = startIndex
    while let found = range(of: other, from: start) {
      result.append(contentsOf: self[start..<found.lowerBound])
      result.append(contentsOf: replacement)
      start = found.upperBound
    }
    result.append(contentsOf: self[start...])
    return result
  }
}
