import Tensors

/// A sum of floats over all processes that is computed while this process computes something else.
///
/// It has the rounds, and so the bits, of ``Communicator/sum(_:scratch:)``. Each round begins when
/// this process notices that the one before it is complete.
///
/// If it is given up before its end, its memory stays until the process ends, because messages may
/// still arrive there.
final class PendingSum {
  private let communicator: Communicator
  private let tag: Int
  private let memory: Memory
  private let rounds: [HalvingRound]

  /// The number of rounds of halving and of doubling.
  private let count: Int
  /// The rounds that are complete.
  private var done = 0
  /// The messages of the next round, if it has begun.
  private var messages: (any PendingExchange)?
  /// Whether messages may still read or write the memory.
  private var isUnderWay = false
  /// The part of this process, if it gets only that.
  private var part: Tensor?

  /// The memory of the messages.
  @safe
  private final class Memory {
    var sum: Tensor
    @unsafe let floats: UnsafeMutableBufferPointer<Float>
    let scratch: FloatBuffer

    init(_ sum: consuming Tensor, _ scratch: FloatBuffer) {
      let count = sum.count
      // Nothing else uses the tensor, so its elements stay where they are.
      unsafe floats = sum.withUnsafeMutablePointer {
        unsafe UnsafeMutableBufferPointer(start: $0, count: count)
      }
      (self.sum, self.scratch) = (consume sum, scratch)
    }
  }

  /// Prepares a sum; ``advance(waiting:)`` begins it.
  ///
  /// - Parameters:
  ///   - sum: The summands of this process, which nothing else uses.
  ///   - scratch: Memory for half of them, rounded up.
  ///   - partShape: The shape of the part of this process, if it needs the sums of only that.
  ///   - tag: The number of this sum among those that are under way, the same in all processes.
  ///   - communicator: The processes.
  init(
    of sum: consuming Tensor, scratch: FloatBuffer, partShape: Shape?, tag: Int,
    over communicator: Communicator
  ) {
    rounds = HalvingRound.rounds(
      of: sum.count, rank: communicator.rank, size: communicator.size)
    memory = Memory(consume sum, scratch)
    part = partShape.map { shape in unsafe Tensor(uninitialized: shape) { _ in } }
    count = partShape == nil ? 2 * rounds.count : rounds.count
    (self.communicator, self.tag) = (communicator, tag)
  }

  deinit {
    if isUnderWay { _ = unsafe Unmanaged.passRetained(memory) }
  }

  /// The sums, or those of the part of this process, once they are complete.
  var result: Tensor { part ?? memory.sum }

  /// The memory for half of the floats, which is free once the sum is complete.
  var scratch: FloatBuffer { memory.scratch }

  /// Goes on as far as messages have arrived.
  ///
  /// - Parameter waiting: Whether to wait for the next one.
  /// - Returns: Whether the sum is complete.
  /// - Throws: ``RankError/communication(_:)``.
  func advance(waiting: Bool) throws(RankError) -> Bool {
    var waiting = waiting
    while done < count {
      isUnderWay = true
      let messages: any PendingExchange
      if let known = self.messages { messages = known } else { messages = try begin() }
      self.messages = messages
      if waiting {
        try messages.wait()
        waiting = false
      } else if try !messages.test() {
        return false
      }
      (self.messages, isUnderWay) = (nil, false)
      if done < rounds.count { add(rounds[done], isLast: done == rounds.count - 1) }
      done += 1
    }
    return true
  }

  /// Begins the next round.
  private func begin() throws(RankError) -> any PendingExchange {
    if done < rounds.count {
      let round = rounds[done]
      return try unsafe communicator.beginExchange(
        floats(round.given), for: received(round), with: round.peer, tag: tag)
    }
    let round = rounds[2 * rounds.count - 1 - done]
    return try unsafe communicator.beginExchange(
      floats(round.kept), for: floats(round.given), with: round.peer, tag: tag)
  }

  /// Adds what another process has sent.
  private func add(_ round: HalvingRound, isLast: Bool) {
    let (own, received) = unsafe (floats(round.kept), received(round))
    let (first, second) = unsafe round.isLower ? (own, received) : (received, own)
    guard isLast, part != nil else { return unsafe addFloats(first, second, into: own) }
    let count = own.count
    unsafe part?.withUnsafeMutablePointer { output in
      unsafe addFloats(
        first, second, into: UnsafeMutableBufferPointer(start: output, count: count))
    }
  }

  private func floats(_ range: Range<Int>) -> UnsafeMutableBufferPointer<Float> {
    unsafe UnsafeMutableBufferPointer(rebasing: memory.floats[range])
  }

  private func received(_ round: HalvingRound) -> UnsafeMutableBufferPointer<Float> {
    unsafe UnsafeMutableBufferPointer(rebasing: memory.scratch.floats[..<round.kept.count])
  }
}
