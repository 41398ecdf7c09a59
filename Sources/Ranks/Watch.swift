import CRanks
import Glibc

/// The thread of a heartbeat: sends and receives signs of life.
struct Watch {
  private let rank: Int
  private let size: Int
  private let host: String
  private var peers: [Peer]
  private let lost: @Sendable (LostRank) -> Void

  /// The process that started this one.
  private let parent = getppid()
  private var lastBeat = ContinuousClock.now
  private var lastTurn = ContinuousClock.now
  private var hasLost = false
  /// Whether this process was stopped for long, so that the others have lost it.
  private var wasStopped = false

  private static let interval = Duration.milliseconds(500)

  /// Starts to watch.
  ///
  /// - Parameters:
  ///   - rank: The number of this process.
  ///   - size: The number of processes.
  ///   - host: The name of this machine.
  ///   - peers: The connected processes.
  ///   - lost: Called when a process is lost.
  init(
    rank: Int, size: Int, host: String, peers: [Peer],
    lost: @escaping @Sendable (LostRank) -> Void
  ) {
    (self.rank, self.size, self.host, self.peers, self.lost) = (rank, size, host, peers, lost)
  }

  /// Waits for signs for a moment, sends one if it is time, and looks who is silent.
  mutating func beat() {
    wait()
    for index in peers.indices where peers[index].isOpen {
      if let sign = peers[index].read() { hear(sign, from: index) }
    }
    let now = ContinuousClock.now
    // This process itself was stopped, perhaps together with the others: none of them could have
    // been heard.
    if now - lastTurn > .seconds(1) {
      wasStopped = now - lastTurn >= .seconds(Heartbeat.patience)
      for index in peers.indices { peers[index].lastSign = now }
    }
    lastTurn = now
    if now - lastBeat >= Self.interval {
      lastBeat = now
      for peer in peers where peer.isOpen { peer.send(.beat) }
      if getppid() != parent { lose(nil, .launcherDied) }
    }
    for index in peers.indices where peers[index].isOpen {
      if now - peers[index].lastSign >= .seconds(Heartbeat.patience) {
        lose(index, .silent(seconds: Heartbeat.patience))
      }
    }
  }

  /// Closes the connections.
  ///
  /// - Parameter silently: Whether not to tell the others that this process ends.
  mutating func end(silently: Bool) {
    for index in peers.indices where peers[index].isOpen {
      if !silently { peers[index].send(.end) }
      peers[index].close()
    }
  }

  private func wait() {
    var waiting = peers.filter(\.isOpen)
      .map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    // A short time, so that the process need not wait for this thread when it ends.
    unsafe poll(&waiting, nfds_t(waiting.count), 100)
  }

  private mutating func hear(_ sign: Peer.Sign, from index: Int) {
    switch sign {
    case .beat:
      peers[index].lastSign = .now
    case .end:
      peers[index].close()
    case .loss:
      // The first process has lost another one, and reports that.
      peers[index].close()
      report(LostRank(rank: nil, host: host, cause: .died, isReporter: false))
    case .none:
      lose(index, .died)
    }
  }

  /// Ends the job because of a lost process.
  ///
  /// - Parameters:
  ///   - index: The index of its connection; `nil` if it is the launcher.
  ///   - cause: What happened to it.
  private mutating func lose(_ index: Int?, _ cause: LostRank.Cause) {
    // The lost one too, in case that it goes on later.
    for peer in peers where peer.isOpen { peer.send(.loss) }
    if let index { peers[index].close() }
    report(
      LostRank(
        rank: index.map { peers[$0].rank }, host: index.map { peers[$0].host } ?? host,
        cause: cause, isReporter: rank <= 1 && !wasStopped))
  }

  private mutating func report(_ loss: LostRank) {
    guard !hasLost else { return }
    hasLost = true
    // The process that reports it is the first to exit: the launcher then ends the others.
    if !loss.isReporter { usleep(500_000) }
    lost(loss)
  }
}
