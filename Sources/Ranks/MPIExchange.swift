import CMPI

/// Messages of MPI to and from one process that are under way.
///
/// `@safe`, because only functions of MPI use the handles.
@safe
final class MPIExchange: PendingExchange {
  /// The requests that are not known to be complete.
  @unsafe private var requests: [cairn_mpi_request] = unsafe []

  /// Begins to receive bytes.
  func receive(
    _ bytes: UnsafeMutableRawBufferPointer, from peer: Int, tag: Int
  ) throws(RankError) {
    var request = unsafe cairn_mpi_request()
    try unsafe MPITransport.check { text in
      unsafe cairn_mpi_begin_receive(
        bytes.baseAddress, Int32(bytes.count), Int32(peer), Int32(tag), &request, text)
    }
    unsafe requests.append(request)
  }

  /// Begins to send bytes.
  func send(_ bytes: UnsafeRawBufferPointer, to peer: Int, tag: Int) throws(RankError) {
    var request = unsafe cairn_mpi_request()
    try unsafe MPITransport.check { text in
      unsafe cairn_mpi_begin_send(
        bytes.baseAddress, Int32(bytes.count), Int32(peer), Int32(tag), &request, text)
    }
    unsafe requests.append(request)
  }

  func test() throws(RankError) -> Bool {
    while var request = unsafe requests.last {
      var isComplete: Int32 = 0
      try unsafe MPITransport.check { unsafe cairn_mpi_test(&request, &isComplete, $0) }
      guard isComplete != 0 else { return false }
      unsafe requests.removeLast()
    }
    return true
  }

  func wait() throws(RankError) {
    while var request = unsafe requests.last {
      try unsafe MPITransport.check { unsafe cairn_mpi_wait(&request, $0) }
      unsafe requests.removeLast()
    }
  }
}
