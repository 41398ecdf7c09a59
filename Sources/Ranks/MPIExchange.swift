import CMPI
import Glibc

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

  /// Waits as ``wait()`` does: polls, and sleeps between two polls after ``patience``.
  ///
  /// Functions of MPI that wait never sleep. Beside other programs, that takes processor time from
  /// the process that is waited for.
  func waitSleeping() throws(RankError) {
    let start = ContinuousClock.now
    while try !test() {
      let waited = ContinuousClock.now - start
      guard waited > Self.patience else { continue }
      // Short beside the time that has passed, so that it costs little of it.
      usleep(UInt32(min(waited / 16, Self.longestSleep) / .microseconds(1)))
    }
  }

  /// How long it polls before it sleeps.
  private static let patience = Duration.microseconds(500)
  private static let longestSleep = Duration.milliseconds(1)
}
