import Glibc
package import Ranks
import Synchronization

/// A job whose processes are threads of this process.
package enum ThreadJob {
  /// Runs a closure as each process of a job, and waits for all of them.
  ///
  /// - Parameters:
  ///   - size: The number of processes.
  ///   - body: The closure, with the communicator of its process.
  /// - Returns: The results by rank.
  /// - Throws: The error of the process with the lowest rank that failed.
  package static func run<Result: Sendable>(
    _ size: Int, _ body: @escaping @Sendable (Communicator) throws -> Result
  ) throws -> [Result] {
    let network = Network(size)
    let results = Mutex<[Int: Swift.Result<Result, any Error>]>([:])
    let threads = (0..<size).map { rank in
      Thread {
        let communicator = Communicator(
          ThreadTransport(rank: rank, network), host: "host\(rank)")
        let result = Swift.Result { try body(communicator) }
        results.withLock { $0[rank] = result }
      }
    }
    threads.forEach { $0.join() }
    return try results.withLock { results in
      try (0..<size).map { rank in
        guard let result = results[rank] else { fatalError("a thread has not ended") }
        return try result.get()
      }
    }
  }
}

/// The messages under way between the processes of a job.
private final class Network: Sendable {
  let size: Int
  private let queues = Mutex<[Line: [[UInt8]]]>([:])

  /// What keeps the order of messages.
  struct Line: Hashable {
    var sender: Int
    var receiver: Int
    /// The number of an exchange; `nil` for messages that are waited for.
    var tag: Int?
  }

  init(_ size: Int) { self.size = size }

  func send(_ bytes: [UInt8], on line: Line) {
    queues.withLock { $0[line, default: []].append(bytes) }
  }

  /// The next message, or `nil` if none has arrived.
  func poll(_ line: Line) -> [UInt8]? {
    queues.withLock { queues in
      queues[line]?.isEmpty == false ? queues[line]?.removeFirst() : nil
    }
  }

  func receive(_ line: Line) -> [UInt8] {
    while true {
      if let bytes = poll(line) { return bytes }
      usleep(20)
    }
  }
}

/// An exchange between threads.
///
/// As with MPI, the bytes to send are read, and those received written, while it is under way.
@safe
private final class ThreadExchange: PendingExchange {
  private let network: Network
  private let line: Network.Line
  @unsafe private let received: UnsafeMutableRawBufferPointer
  private var sent: (() -> Void)?
  /// The bytes that are still to be written.
  private var left: ArraySlice<UInt8>?
  private var isComplete = false

  init(
    _ sent: UnsafeRawBufferPointer, for received: UnsafeMutableRawBufferPointer,
    on line: Network.Line, _ network: Network
  ) {
    (self.network, self.line) = (network, line)
    unsafe self.received = received
    let answer = Network.Line(sender: line.receiver, receiver: line.sender, tag: line.tag)
    self.sent = { network.send(unsafe Array(sent), on: answer) }
  }

  func test() throws(RankError) -> Bool {
    // The first look sends, a later one receives half of the bytes, and the next one the others.
    if let sent {
      sent()
      self.sent = nil
    } else if left != nil {
      complete()
    } else if !isComplete, let bytes = network.poll(line) {
      try begin(bytes)
    }
    return isComplete
  }

  func wait() throws(RankError) {
    sent?()
    sent = nil
    if left == nil, !isComplete { try begin(network.receive(line)) }
    complete()
  }

  private func begin(_ bytes: [UInt8]) throws(RankError) {
    let count = unsafe received.count
    guard bytes.count == count else {
      throw .communication("received \(bytes.count) bytes instead of \(count)")
    }
    unsafe received.copyBytes(from: bytes.prefix(count / 2))
    left = bytes.dropFirst(count / 2)
  }

  private func complete() {
    if let left {
      unsafe UnsafeMutableRawBufferPointer(rebasing: received[left.startIndex...])
        .copyBytes(from: left)
    }
    (left, isComplete) = (nil, true)
  }
}

/// Communication between threads.
private final class ThreadTransport: Transport {
  let rank: Int
  private let network: Network

  var size: Int { network.size }

  init(rank: Int, _ network: Network) { (self.rank, self.network) = (rank, network) }

  func send(_ bytes: UnsafeRawBufferPointer, to peer: Int) throws(RankError) {
    network.send(unsafe Array(bytes), on: .init(sender: rank, receiver: peer))
  }

  func receive(_ bytes: UnsafeMutableRawBufferPointer, from peer: Int) throws(RankError) {
    let received = network.receive(.init(sender: peer, receiver: rank))
    guard received.count == bytes.count else {
      throw .communication("received \(received.count) bytes instead of \(bytes.count)")
    }
    unsafe bytes.copyBytes(from: received)
  }

  func exchange(
    _ sent: UnsafeRawBufferPointer, for received: UnsafeMutableRawBufferPointer, with peer: Int
  ) throws(RankError) {
    try unsafe send(sent, to: peer)
    try unsafe receive(received, from: peer)
  }

  func begin(
    _ sent: UnsafeRawBufferPointer, for received: UnsafeMutableRawBufferPointer, with peer: Int,
    tag: Int
  ) -> any PendingExchange {
    unsafe ThreadExchange(
      sent, for: received, on: .init(sender: peer, receiver: rank, tag: tag), network)
  }

  func end() {}
}

/// A thread that can be waited for.
///
/// `@unchecked Sendable` is sound because the thread's identifier never changes.
private struct Thread: @unchecked Sendable {
  private let thread: pthread_t

  init(_ body: @escaping @Sendable () -> Void) {
    var thread = pthread_t()
    let box = unsafe Unmanaged.passRetained(Box(body))
    // Training needs more than the small stacks of some systems.
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    unsafe pthread_attr_setstacksize(&attributes, 8 << 20)
    let status = unsafe pthread_create(
      &thread, &attributes,
      { box in
        guard let box = unsafe box else { return nil }
        unsafe Unmanaged<Box>.fromOpaque(box).takeRetainedValue().body()
        return nil
      }, unsafe box.toOpaque())
    guard status == 0 else { fatalError("no thread can be created") }
    self.thread = thread
  }

  func join() { pthread_join(thread, nil) }

  private final class Box {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
