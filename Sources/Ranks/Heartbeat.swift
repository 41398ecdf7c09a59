import Glibc
import Synchronization
import Threads

/// Notices that a process of a job has died or hangs, while MPI would wait for it for ever.
///
/// Each process is connected with the first one by TCP, and both send a byte twice a second, from
/// a thread that does nothing else: a process that computes, saves or evaluates for long is not
/// taken for a dead one. The first process tells the others whom it has lost; if it is the lost
/// one itself, they notice that.
///
/// See ``LostRank`` for an example.
public final class Heartbeat: Sendable {
  /// The seconds without a sign of life after which a process is lost.
  public static let patience = 3

  /// Whether all processes are connected.
  package let isComplete: Bool

  private let thread: WorkerThread?
  private let isEnding: Flag
  private let isSilent: Flag
  private let ignoresLosses: Flag

  /// Connects all processes and starts to watch them.
  ///
  /// - Parameters:
  ///   - communicator: The processes, all of which call this.
  ///   - lost: Called on the thread of the heartbeat when a process is lost.
  /// - Throws: ``RankError`` if the processes cannot exchange their addresses.
  package init(
    _ communicator: Communicator, lost: @escaping @Sendable (LostRank) -> Void
  ) throws(RankError) {
    let peers = try Peer.connectAll(communicator)
    // Each connection counts at both of its ends.
    isComplete = try communicator.sum([peers.count])[0] == 2 * (communicator.size - 1)
    let (isEnding, isSilent, ignoresLosses) = (Flag(), Flag(), Flag())
    (self.isEnding, self.isSilent, self.ignoresLosses) = (isEnding, isSilent, ignoresLosses)
    let (rank, size, host) = (communicator.rank, communicator.size, communicator.host)
    thread = WorkerThread {
      var watch = Watch(rank: rank, size: size, host: host, peers: peers) { loss in
        if !ignoresLosses.isSet { lost(loss) }
      }
      while !isEnding.isSet { watch.beat() }
      watch.end(silently: isSilent.isSet)
    }
  }

  /// Reports no further loss: the work is done.
  package func ignoreLosses() { ignoresLosses.set() }

  /// Stops watching, and tells the other processes that this one ends.
  ///
  /// - Parameter silently: Whether to tell them nothing, as a process that is killed.
  package func end(silently: Bool = false) {
    if silently { isSilent.set() }
    isEnding.set()
    thread?.join()
  }

  /// A flag that several threads share.
  private final class Flag: Sendable {
    private let value = Atomic<Bool>(false)

    var isSet: Bool { value.load(ordering: .relaxed) }

    func set() { value.store(true, ordering: .relaxed) }
  }
}
