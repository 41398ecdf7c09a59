internal import Glibc

/// Two sockets that are connected with each other.
struct SocketPair {
  let ours: Int32
  let theirs: Int32

  init() throws(SandboxError) {
    var ends: [Int32] = [-1, -1]
    guard
      unsafe socketpair(
        AF_UNIX, Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0
    else { throw .notStarted(lastReason()) }
    (ours, theirs) = (ends[0], ends[1])
  }

  func closeTheirs() { close(theirs) }
}
