/// What a process does in one round of a recursive halving: it gives one half of its elements to
/// another process, and keeps the other half.
///
/// In a recursive doubling, which goes through the same rounds from the last to the first, it gives
/// what it has kept, and receives what it gave.
struct HalvingRound {
  /// The other process.
  var peer: Int

  /// The elements that this process keeps.
  var kept: Range<Int>

  /// The elements of the other process.
  var given: Range<Int>

  /// Whether this process has the lower rank of the two, so that its elements are the first
  /// summands.
  var isLower: Bool

  /// The rounds of a process (recursive halving with distance doubling).
  ///
  /// - Parameters:
  ///   - count: The number of elements.
  ///   - rank: The number of the process.
  ///   - size: The number of processes, a power of two.
  /// - Returns: The rounds, as many as the logarithm of `size` to the base 2.
  static func rounds(of count: Int, rank: Int, size: Int) -> [HalvingRound] {
    var rounds: [HalvingRound] = []
    var range = 0..<count
    var distance = 1
    while distance < size {
      let middle = range.lowerBound + range.count / 2
      let (lower, upper) = (range.lowerBound..<middle, middle..<range.upperBound)
      let isLower = rank & distance == 0
      let round = HalvingRound(
        peer: rank ^ distance, kept: isLower ? lower : upper, given: isLower ? upper : lower,
        isLower: isLower)
      rounds.append(round)
      range = round.kept
      distance *= 2
    }
    return rounds
  }
}
