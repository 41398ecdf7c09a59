import Glibc
import Preconditions
import Synchronization

/// The processes of a job, each with a rank from 0, and what they exchange.
///
/// A process that no launcher has started is alone: all operations work and cost nothing.
///
/// All processes must call the same operations in the same order. A communicator is used by one
/// thread, not necessarily the one that created it; only one at a time.
///
/// ```swift
/// let ranks = try Communicator.start()  // under mpirun or srun; alone, it is the only process
/// let counts = try ranks.sum([1, 10])  // of all processes: [size, 10 · size]
/// if ranks.isFirst { print(ranks.size, "processes,", counts) }
/// ranks.end()
/// ```
public final class Communicator {
  /// The number of this process, from 0.
  public let rank: Int

  /// The number of processes.
  public let size: Int

  /// The name of this machine.
  public let host: String

  /// Whether this process is the first one, which prints and saves.
  public var isFirst: Bool { rank == 0 }

  /// The number of bytes that this process has sent to others, or that these have read in memory
  /// that they share.
  public private(set) var sentBytes = 0

  private let transport: (any Transport)?
  private var heartbeat: Heartbeat?
  /// The number of exchanges so far, which must be the same in all processes.
  private var exchangeCount: UInt64 = 0
  private var hasEnded = false
  private var nextTag = 0

  /// Whether large gradients are exchanged during the backward pass; each process may choose.
  ///
  /// Between machines, this hides the time on the network. On one machine, the processors copy what
  /// is exchanged, which is faster after the backward pass, with the gradients in the caches.
  package var overlapsExchanges = true

  /// Whether the processes try to exchange large gradients and weights through memory that all of
  /// them see, the same in all processes.
  ///
  /// Each number is then read from where another process has computed it, and no message copies it.
  package var sharesMemory = false

  /// The communicator of a process that is alone.
  public init() {
    (rank, size, transport, host) = (0, 1, nil, hostName())
  }

  /// Creates a communicator.
  ///
  /// - Parameters:
  ///   - transport: How the processes exchange bytes.
  ///   - host: The name of this machine.
  package init(_ transport: any Transport, host: String) {
    (rank, size, self.transport, self.host) = (transport.rank, transport.size, transport, host)
  }

  /// Joins the job to which this process belongs, or none.
  ///
  /// While the job lives, each process watches the others: if one is killed or does not answer for
  /// ``Heartbeat/patience`` seconds, the others call `lost` within a second.
  ///
  /// - Parameters:
  ///   - launch: The place of this process in the job; `nil` if it is alone.
  ///   - lost: Called on a thread of its own when a process of the job is lost. It should end this
  ///     process; by default it prints the loss and exits with 75.
  /// - Returns: The communicator.
  /// - Throws: ``RankError`` if MPI cannot be used.
  public static func start(
    _ launch: Launch? = .current, lost: @escaping @Sendable (LostRank) -> Void = exitAfterLoss
  ) throws(RankError) -> Communicator {
    guard let launch, launch.size > 1 else { return Communicator() }
    guard launch.size & (launch.size - 1) == 0 else { throw .processCount(launch.size) }
    let alarm = Alarm(seconds: startPatience) {
      lost(
        LostRank(
          rank: nil, host: hostName(), cause: .notStarted(seconds: startPatience),
          isReporter: launch.rank == 0))
    }
    defer { alarm.stop() }
    // MPICH has another launcher, without this fault.
    let watch = launch.launcher == .openMPI ? LauncherWatch() : nil
    defer { watch?.end() }
    let communicator = Communicator(try MPITransport(launch), host: hostName())
    let hosts = try communicator.gather(Array(communicator.host.utf8))
    communicator.overlapsExchanges =
      launch.localSize.map { $0 < launch.size } ?? hosts.contains { $0 != hosts[0] }
    communicator.sharesMemory = !hosts.contains { $0 != hosts[0] }
    communicator.heartbeat = try Heartbeat(communicator, lost: lost)
    return communicator
  }

  /// The seconds in which all processes must have started.
  private static let startPatience = 60

  /// Whether the processes watch each other, so that a lost one ends the job.
  public var isWatched: Bool { size == 1 || heartbeat?.isComplete == true }

  /// Leaves the job, together with all processes.
  ///
  /// Without it, the other processes report that this one has died. From here on, a process that
  /// dies is no loss: a launcher that was told to stop ends all soon.
  ///
  /// - Parameter status: The status with which this process exits if MPI does not end in 5 seconds,
  ///   because it waits for a process that has died.
  public func end(orExitWith status: Int32 = 0) {
    guard !hasEnded else { return }
    hasEnded = true
    heartbeat?.ignoreLosses()
    let alarm = heartbeat.map { _ in Alarm(seconds: Self.endPatience) { _exit(status) } }
    transport?.end()
    alarm?.stop()
    heartbeat?.end()
  }

  /// The seconds in which MPI must have ended.
  private static let endPatience = 5

  // MARK: - Exchanges

  /// Waits until all processes have called this.
  ///
  /// - Throws: ``RankError/failed(_:)`` if one of them called ``fail(_:)``.
  public func barrier() throws(RankError) { _ = try gather([]) }

  /// Gives every process the bytes of all processes.
  ///
  /// - Parameter bytes: The bytes of this process.
  /// - Returns: The bytes of each process, by rank.
  /// - Throws: ``RankError/failed(_:)`` if one of them called ``fail(_:)``.
  public func gather(_ bytes: [UInt8]) throws(RankError) -> [[UInt8]] {
    guard size > 1 else { return [bytes] }
    let messages = try gather(bytes, isFailure: false)
    let failures = messages.indices.filter { messages[$0].isFailure }
      .map { RankFailure(messages[$0].bytes, rank: $0) }
    guard failures.isEmpty else { throw .failed(RankFailure(of: failures, size: size)) }
    return messages.map(\.bytes)
  }

  /// Tells all processes that this one cannot continue: their next ``gather(_:)`` throws.
  ///
  /// - Parameter failure: The reason.
  /// - Returns: The failure to report, which is the same in all processes.
  public func fail(_ failure: RankFailure) -> RankFailure {
    var failure = failure
    (failure.rank, failure.host) = (size > 1 ? rank : nil, host)
    guard size > 1 else { return failure }
    guard let messages = try? gather(failure.bytes, isFailure: true) else { return failure }
    let failures = messages.indices.filter { messages[$0].isFailure }
      .map { RankFailure(messages[$0].bytes, rank: $0) }
    return RankFailure(of: failures, size: size)
  }

  /// Gives every process the bytes of the first one.
  ///
  /// - Parameter bytes: The bytes; ignored in other processes than the first.
  /// - Returns: The bytes of the first process.
  /// - Throws: ``RankError/failed(_:)`` if a process called ``fail(_:)``.
  public func broadcast(_ bytes: [UInt8]) throws(RankError) -> [UInt8] {
    guard size > 1, let transport else { return bytes }
    let count = try gather(encoded(isFirst ? UInt64(bytes.count) : 0)).first.map(decoded) ?? 0
    var received = isFirst ? bytes : [UInt8](repeating: 0, count: Int(count))
    guard count > 0 else { return received }
    // A binomial tree: in each round, every process that has the bytes sends them to one more.
    var distance = 1
    while distance < size {
      if rank < distance, rank + distance < size {
        try send(received, to: rank + distance, transport)
      } else if rank >= distance, rank < 2 * distance {
        try receive(&received, from: rank - distance, transport)
      }
      distance *= 2
    }
    return received
  }

  /// Adds integers over all processes.
  ///
  /// - Parameter values: The integers of this process, as many as in every other one.
  /// - Returns: The sums, which are exact.
  /// - Throws: ``RankError/failed(_:)`` if a process called ``fail(_:)``.
  /// - Precondition: No sum overflows.
  public func sum(_ values: [Int]) throws(RankError) -> [Int] {
    let all = try gather(values.flatMap { encoded(UInt64(bitPattern: Int64($0))) })
    return values.indices.map { index in
      all.reduce(0) { sum, bytes in
        sum + Int(Int64(bitPattern: decoded(Array(bytes[index * 8..<index * 8 + 8]))))
      }
    }
  }

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

  // MARK: - Messages

  /// A message of one process in a gathering.
  private struct Message {
    var isFailure: Bool
    var bytes: [UInt8]
  }

  /// The size of the first part of a message, so that short messages need one exchange.
  private static let blockSize = 512
  private static let headerSize = 24

  private func gather(_ bytes: [UInt8], isFailure: Bool) throws(RankError) -> [Message] {
    let first = encoded(exchangeCount) + encoded(isFailure ? 1 : 0) + encoded(UInt64(bytes.count))
    exchangeCount += 1
    let room = Self.blockSize - Self.headerSize
    var block = first + bytes.prefix(room)
    block += [UInt8](repeating: 0, count: Self.blockSize - block.count)
    let blocks = try gather(
      block, sizes: [Int](repeating: Self.blockSize, count: size))
    let counts = blocks.map { Int(decoded(Array($0[16..<24]))) }
    require(
      blocks.allSatisfy { Array($0[0..<8]) == Array(first[0..<8]) },
      "The processes of the job have called different operations.")
    var payloads = blocks.indices.map { rank in
      let start = Self.headerSize
      return Array(blocks[rank][start..<start + min(room, counts[rank])])
    }
    if counts.contains(where: { $0 > room }) {
      let rest = counts.map { max(0, $0 - room) }
      let others = try gather(Array(bytes.dropFirst(room)), sizes: rest)
      for (rank, part) in others.enumerated() { payloads[rank] += part }
    }
    return blocks.indices.map { rank in
      Message(isFailure: decoded(Array(blocks[rank][8..<16])) != 0, bytes: payloads[rank])
    }
  }

  /// Gathers bytes of known sizes by recursive doubling.
  private func gather(_ bytes: [UInt8], sizes: [Int]) throws(RankError) -> [[UInt8]] {
    guard let transport else { return [bytes] }
    var known = rank..<rank + 1
    var content = bytes
    var distance = 1
    while distance < size {
      let partner = rank ^ distance
      let start = partner & ~(distance - 1)
      let count = sizes[start..<start + distance].reduce(0, +)
      var received = [UInt8](repeating: 0, count: count)
      try exchange(content, &received, with: partner, transport)
      content = start < known.lowerBound ? received + content : content + received
      known = min(start, known.lowerBound)..<min(start, known.lowerBound) + 2 * distance
      distance *= 2
    }
    var place = 0
    return sizes.map { size in
      defer { place += size }
      return Array(content[place..<place + size])
    }
  }

  private func exchange(
    _ sent: [UInt8], _ received: inout [UInt8], with peer: Int, _ transport: any Transport
  ) throws(RankError) {
    sentBytes += sent.count
    try unsafe sent.withUnsafeBufferPointer { sent throws(RankError) in
      try unsafe received.withUnsafeMutableBufferPointer { received throws(RankError) in
        try unsafe transport.exchange(
          UnsafeRawBufferPointer(sent), for: UnsafeMutableRawBufferPointer(received), with: peer)
      }
    }
  }

  private func exchange(
    _ sent: UnsafeRawBufferPointer, _ received: UnsafeMutableRawBufferPointer, with peer: Int,
    _ transport: any Transport
  ) throws(RankError) {
    sentBytes += sent.count
    try unsafe transport.exchange(sent, for: received, with: peer)
  }

  private func send(
    _ bytes: [UInt8], to peer: Int, _ transport: any Transport
  ) throws(RankError) {
    sentBytes += bytes.count
    try unsafe bytes.withUnsafeBufferPointer { bytes throws(RankError) in
      try unsafe transport.send(UnsafeRawBufferPointer(bytes), to: peer)
    }
  }

  private func receive(
    _ bytes: inout [UInt8], from peer: Int, _ transport: any Transport
  ) throws(RankError) {
    try unsafe bytes.withUnsafeMutableBufferPointer { bytes throws(RankError) in
      try unsafe transport.receive(UnsafeMutableRawBufferPointer(bytes), from: peer)
    }
  }
}

/// The bytes of a number, the lowest first.
func encoded(_ number: UInt64) -> [UInt8] {
  (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}

/// The number of eight bytes.
func decoded(_ bytes: some Sequence<UInt8>) -> UInt64 {
  bytes.enumerated().reduce(0) { $0 | UInt64($1.element) << (8 * UInt64($1.offset)) }
}

/// The name of this machine.
func hostName() -> String {
  var name = [CChar](repeating: 0, count: 256)
  guard unsafe gethostname(&name, name.count - 1) == 0 else { return "an unknown machine" }
  return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
