import Glibc

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
  public internal(set) var sentBytes = 0

  let transport: (any Transport)?
  private var heartbeat: Heartbeat?
  /// The number of exchanges so far, which must be the same in all processes.
  var exchangeCount: UInt64 = 0
  private var hasEnded = false
  /// The first number for exchanges under way that is not in use.
  var nextTag = 0

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
}

/// The name of this machine.
func hostName() -> String {
  var name = [CChar](repeating: 0, count: 256)
  guard unsafe gethostname(&name, name.count - 1) == 0 else { return "an unknown machine" }
  return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
