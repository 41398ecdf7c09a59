import Preconditions
import Synchronization

/// Exchanges of gradients and weights: floats, without a header.
extension Communicator {
  /// Adds floats over all processes, in a binary tree that depends only on the ranks.
  ///
  /// Ranks 0 and 1 are added, 2 and 3, and so on; then these sums, in the same way. Every process
  /// computes a part of the elements, and then gets the others. It sends 2 · (1 − 1/size) times the
  /// elements.
  ///
  /// - Parameters:
  ///   - values: The floats of this process, which are replaced by the sums.
  ///   - scratch: Memory for half of them, rounded up.
  /// - Throws: ``RankError/communication(_:)``.
  func sum(
    _ values: UnsafeMutableBufferPointer<Float>, scratch: UnsafeMutableBufferPointer<Float>
  ) throws(RankError) {
    try unsafe sumOwnPart(of: values, scratch: scratch)
    try unsafe shareParts(of: values)
  }

  /// The part of some floats that this process computes in ``sum(_:scratch:)``.
  func ownPart(of count: Int) -> Range<Int> { part(of: count, rank: rank) }

  /// The part of some floats that a process computes in ``sum(_:scratch:)``.
  func part(of count: Int, rank: Int) -> Range<Int> {
    HalvingRound.rounds(of: count, rank: rank, size: size).last?.kept ?? 0..<count
  }

  /// Waits until all processes have called this.
  ///
  /// What they have written to shared memory before can then be read. The signals, of one byte, do
  /// not count as sent.
  ///
  /// - Throws: ``RankError/communication(_:)``.
  func synchronize() throws(RankError) {
    guard let transport else { return }
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    var (sent, received): (UInt8, UInt8) = (0, 0)
    var distance = 1
    while distance < size {
      try unsafe withUnsafeBytes(of: &sent) { sent throws(RankError) in
        try unsafe withUnsafeMutableBytes(of: &received) { received throws(RankError) in
          try unsafe transport.exchange(sent, for: received, with: rank ^ distance)
        }
      }
      distance *= 2
    }
    atomicMemoryFence(ordering: .sequentiallyConsistent)
  }

  /// Counts floats that others read in shared memory as sent.
  func noteRead(_ floats: Int) { sentBytes += 4 * floats }

  /// Adds floats over all processes as ``sum(_:scratch:)``, but only the part of this process
  /// (recursive halving with distance doubling).
  ///
  /// - Parameters:
  ///   - values: The floats of this process, which are replaced by partial sums.
  ///   - scratch: Memory for half of them, rounded up.
  ///   - output: Memory for the sums; `nil` means their place in `values`.
  /// - Throws: ``RankError/communication(_:)``.
  func sumOwnPart(
    of values: UnsafeMutableBufferPointer<Float>, scratch: UnsafeMutableBufferPointer<Float>,
    into output: UnsafeMutableBufferPointer<Float>? = nil
  ) throws(RankError) {
    guard size > 1, let transport else { return }
    let rounds = HalvingRound.rounds(of: values.count, rank: rank, size: size)
    for (index, round) in rounds.enumerated() {
      let received = unsafe UnsafeMutableBufferPointer(rebasing: scratch[..<round.kept.count])
      try unsafe exchange(
        UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(values)[bytes(round.given)]),
        UnsafeMutableRawBufferPointer(received), with: round.peer, transport)
      let own = unsafe UnsafeMutableBufferPointer(rebasing: values[round.kept])
      let isLast = index == rounds.count - 1
      unsafe addFloats(
        round.isLower ? own : received, round.isLower ? received : own,
        into: isLast ? output ?? own : own)
    }
  }

  /// Gives every process the parts of all processes (recursive doubling).
  func shareParts(of values: UnsafeMutableBufferPointer<Float>) throws(RankError) {
    guard size > 1, let transport else { return }
    let all = UnsafeMutableRawBufferPointer(values)
    for round in HalvingRound.rounds(of: values.count, rank: rank, size: size).reversed() {
      try unsafe exchange(
        UnsafeRawBufferPointer(rebasing: all[bytes(round.kept)]),
        UnsafeMutableRawBufferPointer(rebasing: all[bytes(round.given)]), with: round.peer,
        transport)
    }
  }

  /// Begins to exchange floats with a process that does the same.
  ///
  /// - Parameters:
  ///   - sent: The floats to send, which must not change until the exchange is complete.
  ///   - received: Memory for the floats of the other process.
  ///   - peer: The other process.
  ///   - tag: A number that ``reserveTags(_:)`` returned.
  /// - Returns: The messages under way.
  /// - Throws: ``RankError/communication(_:)``.
  func beginExchange(
    _ sent: UnsafeMutableBufferPointer<Float>, for received: UnsafeMutableBufferPointer<Float>,
    with peer: Int, tag: Int
  ) throws(RankError) -> any PendingExchange {
    guard let transport else {
      Preconditions.fail("Internal error: a process that is alone exchanges with no other.")
    }
    sentBytes += 4 * sent.count
    return try unsafe transport.begin(
      UnsafeRawBufferPointer(sent), for: UnsafeMutableRawBufferPointer(received), with: peer,
      tag: tag)
  }

  /// Reserves numbers for exchanges that are under way at the same time, the same in all processes.
  ///
  /// - Parameter count: How many are needed.
  /// - Returns: The numbers.
  func reserveTags(_ count: Int) -> Range<Int> {
    require(
      count <= Self.tagCount,
      "At most \(Self.tagCount) large gradients can be exchanged, but there are \(count).")
    if nextTag + count > Self.tagCount { nextTag = 0 }
    defer { nextTag += count }
    return nextTag..<nextTag + count
  }

  /// Every library of MPI allows tags up to 32,767.
  private static let tagCount = 30_000

  /// Gives every process the floats of all processes (recursive doubling).
  ///
  /// - Parameters:
  ///   - values: Memory for the floats of all processes, in the order of the ranks; it has those of
  ///     this process.
  ///   - counts: The number of floats of each process.
  /// - Throws: ``RankError/communication(_:)``.
  func gather(
    _ values: UnsafeMutableBufferPointer<Float>, counts: [Int]
  ) throws(RankError) {
    guard size > 1, let transport else { return }
    let starts = counts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    let all = UnsafeMutableRawBufferPointer(values)
    var distance = 1
    while distance < size {
      let own = rank & ~(distance - 1)
      let other = own ^ distance
      let known = bytes(starts[own]..<starts[own + distance])
      let missing = bytes(starts[other]..<starts[other + distance])
      try unsafe exchange(
        UnsafeRawBufferPointer(rebasing: all[known]),
        UnsafeMutableRawBufferPointer(rebasing: all[missing]), with: rank ^ distance, transport)
      distance *= 2
    }
  }

  /// The place of floats in bytes.
  private func bytes(_ range: Range<Int>) -> Range<Int> {
    range.lowerBound * 4..<range.upperBound * 4
  }

  /// Sends bytes to a process and receives its own.
  private func exchange(
    _ sent: UnsafeRawBufferPointer, _ received: UnsafeMutableRawBufferPointer, with peer: Int,
    _ transport: any Transport
  ) throws(RankError) {
    sentBytes += sent.count
    try unsafe transport.exchange(sent, for: received, with: peer)
  }
}
