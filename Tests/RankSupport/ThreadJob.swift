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
  private let queues: Mutex<[[[UInt8]]]>

  init(_ size: Int) {
    self.size = size
    queues = Mutex([[[UInt8]]](repeating: [], count: size * size))
  }

  func send(_ bytes: [UInt8], from sender: Int, to receiver: Int) {
    queues.withLock { $0[sender * size + receiver].append(bytes) }
  }

  func receive(from sender: Int, to receiver: Int) -> [UInt8] {
    while true {
      let bytes = queues.withLock { queues -> [UInt8]? in
        let index = sender * size + receiver
        return queues[index].isEmpty ? nil : queues[index].removeFirst()
      }
      if let bytes { return bytes }
      usleep(20)
    }
  }
}

/// Communication between threads.
private final class ThreadTransport: Transport {
  let rank: Int
  private let network: Network

  var size: Int { network.size }

  init(rank: Int, _ network: Network) { (self.rank, self.network) = (rank, network) }

  func send(_ bytes: UnsafeRawBufferPointer, to peer: Int) throws(RankError) {
    network.send(unsafe Array(bytes), from: rank, to: peer)
  }

  func receive(_ bytes: UnsafeMutableRawBufferPointer, from peer: Int) throws(RankError) {
    let received = network.receive(from: peer, to: rank)
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
