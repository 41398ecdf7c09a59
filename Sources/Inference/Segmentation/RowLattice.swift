import Tensors

/// The ways in which the parts of a row can be digits, and the best of them.
///
/// Each way divides the parts, from left to right, into digits and parts that are left out. Its
/// score is the sum of the logarithms of the probabilities of its digits, less costs for their
/// geometry. The best way is the path of the largest score, found by dynamic programming.
///
/// Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, *Gradient-Based Learning Applied to Document
/// Recognition*, 1998, section V (heuristic over-segmentation).
struct RowLattice {
  /// Parts that follow each other and may be a digit.
  struct Group: Hashable {
    let first: Int
    let count: Int

    var range: Range<Int> { first..<first + count }
  }

  /// The least logarithm of a probability: what the model says of a part of a digit is no measure.
  private static let leastLogarithm = -8.0
  /// The largest number of parts of a digit that was not cut, and of one that was.
  private static let countLimit = (whole: 4, cut: 25)
  /// The least height of a digit, in heights of a typical one.
  private static let leastHeight = 0.3
  /// The largest width of several parts, in heights of a digit.
  private static let largestWidth = 1.25

  /// The boxes of the parts.
  private let parts: [PageParts.Part]
  private let height: Double

  /// - Parameters:
  ///   - parts: The parts of the row, from left to right.
  ///   - height: The typical height of a digit, in pixels.
  init(_ parts: [PageParts.Part], height: Int) {
    (self.parts, self.height) = (parts, Double(height))
  }

  /// The groups that may be digits.
  var groups: [Group] {
    parts.indices.flatMap { first -> [Group] in
      var box = parts[first].box
      var groups: [Group] = []
      for last in first..<min(first + Self.countLimit.cut, parts.count) {
        if last > first {
          // Parts of one piece may be above each other.
          let gap = parts[last].box.gap(to: box)
          if parts[last].piece != parts[last - 1].piece, Double(gap) > 0.35 * height { break }
          box.formUnion(parts[last].box)
        }
        let group = Group(first: first, count: last - first + 1)
        // The whole piece is always possible.
        if isPiece(group) {
          groups.append(group)
          continue
        }
        if last > first, Double(box.width) > Self.largestWidth * height {
          // The whole piece may follow.
          if parts[first].piece == parts[last].piece { continue }
          break
        }
        let pieces = Set(group.range.map { parts[$0].piece }).count
        if pieces > Self.countLimit.whole { break }
        let isHigh = Double(box.height) >= Self.leastHeight * height
        if isHigh, last == first || mayBelongTogether(group) { groups.append(group) }
      }
      return groups
    }
  }

  /// Whether a group is all parts of one piece that is no fragment.
  private func isPiece(_ group: Group) -> Bool {
    let range = group.range
    let piece = parts[range.lowerBound].piece
    return !parts[range.lowerBound].isFragment && range.allSatisfy { parts[$0].piece == piece }
      && (range.lowerBound == 0 || parts[range.lowerBound - 1].piece != piece)
      && (range.upperBound == parts.count || parts[range.upperBound].piece != piece)
  }

  /// Whether the parts of a group are near each other; two digits side by side are not.
  private func mayBelongTogether(_ group: Group) -> Bool {
    group.range.dropFirst().allSatisfy { index in
      let (a, b) = (parts[index - 1], parts[index])
      if a.piece == b.piece || a.isFragment || b.isFragment { return true }
      if a.box.overlapInWidth(with: b.box) > 0.25 { return true }
      var whole = a.box
      whole.formUnion(b.box)
      return Double(a.box.gap(to: b.box)) <= 0.15 * height
        && Double(whole.width) <= 0.9 * height
    }
  }

  /// The cost of a group's geometry.
  private func cost(of group: Group) -> Double {
    var cost = 0.0
    var box = parts[group.first].box
    for index in group.range.dropFirst() {
      let (a, b) = (parts[index - 1], parts[index])
      if a.piece != b.piece {
        cost += 0.5 + 10 * Double(b.box.gap(to: box)) / height
        let isStacked = b.box.overlapInWidth(with: box) > 0.25
        if !a.isFragment, !b.isFragment, !isStacked { cost += 3 }
      }
      box.formUnion(b.box)
    }
    cost += 8 * max(Double(box.width) / height - 1.15, 0)
    let share = Double(box.height) / height
    cost += isPiece(group) ? 6 * max(0.6 - share, 0) : 15 * max(0.75 - share, 0)
    return cost
  }

  /// The cost of a boundary between two digits, at the left of a part.
  private func cost(ofBoundaryAt index: Int) -> Double {
    guard index > 0, index < parts.count else { return 0 }
    let (a, b) = (parts[index - 1], parts[index])
    if a.piece == b.piece { return 1 + 4 * Double(b.crossed ?? 0) / height }
    guard !a.isFragment, !b.isFragment else { return 0 }
    // Digits of a row are not above each other.
    let overlap = a.box.overlapInWidth(with: b.box)
    guard overlap > 0.25 else { return 0 }
    let isAbove = a.box.overlapInHeight(with: b.box) < 0.1
    return isAbove ? 6 * overlap : overlap
  }

  /// The best way.
  ///
  /// - Parameter probability: Returns the probability that a group is a digit.
  /// - Returns: The digits, from left to right, and the parts that are left out.
  func best(_ probability: (Group) -> Double?) -> (digits: [Group], leftOut: [Int]) {
    var ends = [[Group]](repeating: [], count: parts.count + 1)
    for group in groups { ends[group.range.upperBound].append(group) }
    var best = [(score: Double, group: Group?)](
      repeating: (-.infinity, nil), count: parts.count + 1)
    best[0].score = 0
    for end in 1..<parts.count + 1 {
      let last = parts[end - 1]
      if last.isFragment {
        let share = Double(last.box.size) / height
        best[end] = (best[end - 1].score - 0.2 - 10 * share * share, nil)
      }
      for group in ends[end] {
        guard let probability = probability(group) else { continue }
        let score =
          best[group.first].score + max(Elementary.log(probability), Self.leastLogarithm)
          - cost(of: group) - cost(ofBoundaryAt: group.first)
        if score > best[end].score { best[end] = (score, group) }
      }
    }
    var result: [Group] = []
    var leftOut: [Int] = []
    var end = parts.count
    while end > 0 {
      if let group = best[end].group {
        result.append(group)
        end = group.first
      } else {
        end -= 1
        leftOut.append(end)
      }
    }
    return (result.reversed(), leftOut.reversed())
  }
}
