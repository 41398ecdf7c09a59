import CMPI

/// Communication by MPI.
///
/// One thread at a time may use it (`MPI_THREAD_FUNNELED`).
final class MPITransport: Transport {
  let rank: Int
  let size: Int

  /// Loads a library and starts MPI.
  ///
  /// - Parameter launch: The place of this process.
  /// - Throws: ``RankError/unavailable(rank:size:reason:)`` or ``RankError/communication(_:)``.
  init(_ launch: Launch) throws(RankError) {
    let reasons = launch.libraries.map(Self.load)
    guard reasons.contains(nil) else {
      throw .unavailable(
        rank: launch.rank, size: launch.size,
        reason: reasons.compactMap(\.self).joined(separator: "; "))
    }
    try unsafe Self.check { unsafe cairn_mpi_start($0) }
    (rank, size) = (Int(cairn_mpi_rank()), Int(cairn_mpi_size()))
    guard size == launch.size, rank == launch.rank else {
      throw .communication(
        """
        MPI says that this is process \(rank) of \(size), but its launcher says \(launch.rank) of \
        \(launch.size): the library of MPI and the launcher do not belong together
        """)
    }
  }

  /// Whether a library was loaded in this process, which cannot be unloaded.
  ///
  /// No other thread uses it: a process joins a job once, before it starts threads that do.
  nonisolated(unsafe) private static var isLoaded = false

  /// Loads a library, unless one is loaded.
  ///
  /// - Returns: The reason why it cannot be used.
  private static func load(_ library: String) -> String? {
    guard unsafe !isLoaded else { return nil }
    var text = [CChar](repeating: 0, count: Int(CAIRN_MPI_TEXT))
    unsafe isLoaded = unsafe cairn_mpi_open(library, &text) != CAIRN_MPI_NONE
    return unsafe isLoaded ? nil : string(text)
  }

  private static func string(_ text: [CChar]) -> String {
    String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Calls a function of MPI, which fills in a text if it fails.
  static func check(
    _ body: (UnsafeMutablePointer<CChar>) -> Int32
  ) throws(RankError) {
    var text = [CChar](repeating: 0, count: Int(CAIRN_MPI_TEXT))
    let status = unsafe text.withUnsafeMutableBufferPointer { text in
      guard let start = text.baseAddress else { return Int32(-1) }
      return unsafe body(start)
    }
    guard status == 0 else { throw .communication(string(text)) }
  }

  /// The largest number of bytes of a message, whose length is a 32-bit integer.
  private static let limit = 1 << 30

  /// The largest number of bytes of messages that are waited for with sleep between two looks.
  ///
  /// Longer ones need the attention of both processes.
  private static let shortLimit = 1 << 16

  func send(_ bytes: UnsafeRawBufferPointer, to peer: Int) throws(RankError) {
    for start in stride(from: 0, to: bytes.count, by: Self.limit) {
      let part = unsafe UnsafeRawBufferPointer(
        rebasing: bytes[start..<min(start + Self.limit, bytes.count)])
      try unsafe Self.check { text in
        unsafe cairn_mpi_send(part.baseAddress, Int32(part.count), Int32(peer), text)
      }
    }
  }

  func receive(_ bytes: UnsafeMutableRawBufferPointer, from peer: Int) throws(RankError) {
    for start in stride(from: 0, to: bytes.count, by: Self.limit) {
      let part = unsafe UnsafeMutableRawBufferPointer(
        rebasing: bytes[start..<min(start + Self.limit, bytes.count)])
      try unsafe Self.check { text in
        unsafe cairn_mpi_receive(part.baseAddress, Int32(part.count), Int32(peer), text)
      }
    }
  }

  func exchange(
    _ sent: UnsafeRawBufferPointer, for received: UnsafeMutableRawBufferPointer, with peer: Int
  ) throws(RankError) {
    let size = max(sent.count, received.count)
    if size == 0 { return }
    if size <= Self.shortLimit {
      let exchange = MPIExchange()
      try unsafe exchange.receive(received, from: peer, tag: Int(CAIRN_MPI_TAG))
      try unsafe exchange.send(sent, to: peer, tag: Int(CAIRN_MPI_TAG))
      return try exchange.waitSleeping()
    }
    for start in stride(from: 0, to: size, by: Self.limit) {
      func part(of count: Int) -> Range<Int> {
        min(start, count)..<min(start + Self.limit, count)
      }
      let out = unsafe UnsafeRawBufferPointer(rebasing: sent[part(of: sent.count)])
      let into = unsafe UnsafeMutableRawBufferPointer(rebasing: received[part(of: received.count)])
      try unsafe Self.check { text in
        unsafe cairn_mpi_exchange(
          out.baseAddress, Int32(out.count), into.baseAddress, Int32(into.count), Int32(peer),
          text)
      }
    }
  }

  func begin(
    _ sent: UnsafeRawBufferPointer, for received: UnsafeMutableRawBufferPointer, with peer: Int,
    tag: Int
  ) throws(RankError) -> any PendingExchange {
    let exchange = MPIExchange()
    let tag = Int(CAIRN_MPI_TAG) + 1 + tag
    for start in stride(from: 0, to: received.count, by: Self.limit) {
      let part = start..<min(start + Self.limit, received.count)
      try unsafe exchange.receive(
        UnsafeMutableRawBufferPointer(rebasing: received[part]), from: peer, tag: tag)
    }
    for start in stride(from: 0, to: sent.count, by: Self.limit) {
      let part = start..<min(start + Self.limit, sent.count)
      try unsafe exchange.send(UnsafeRawBufferPointer(rebasing: sent[part]), to: peer, tag: tag)
    }
    return exchange
  }

  func end() {
    // Nothing is left to do about a failure: all that matters is done.
    try? unsafe Self.check { unsafe cairn_mpi_end($0) }
  }
}
