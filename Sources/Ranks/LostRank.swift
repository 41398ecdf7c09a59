import Glibc

/// A process of a job that does not answer any more.
///
/// ```swift
/// let ranks = try Communicator.start(lost: { lost in
///   print(lost.description, lost.hint ?? "")  // within seconds of the loss
///   exitAfterLoss(lost)
/// })
/// try ranks.barrier()  // waits for the others, but not for a lost one
/// ranks.end()
/// ```
public struct LostRank: Equatable, Sendable {
  /// The number of the process; `nil` if it is unknown.
  public let rank: Int?

  /// The name of its machine.
  public let host: String

  /// What happened to it.
  public let cause: Cause

  /// Whether this process should report the loss, so that one message is printed.
  public let isReporter: Bool

  /// What happened to a process.
  public enum Cause: Equatable, Sendable {
    /// It was killed or crashed.
    case died

    /// It has not answered for a time, for instance because it was stopped or its machine cannot
    /// be reached.
    case silent(seconds: Int)

    /// The processes have not found each other in a time.
    case notStarted(seconds: Int)

    /// The launcher of the job has died.
    case launcherDied
  }
}

extension LostRank: CustomStringConvertible {
  /// The loss in one sentence.
  public var description: String {
    let name = rank.map { "Rank \($0) on \(host)" } ?? "A process of the job"
    return switch cause {
    case .died: "\(name) has died"
    case .silent(let seconds): "\(name) has not answered for \(seconds) seconds"
    case .notStarted(let seconds):
      "The processes of the job have not found each other in \(seconds) seconds"
    case .launcherDied: "The launcher of the job on \(host) has died"
    }
  }
}

extension LostRank {
  /// Advice for the user.
  public var hint: String? {
    guard case .notStarted = cause else { return nil }
    return "if the machines have several networks, name one that all can reach: for Open MPI, "
      + "mpirun --mca btl_tcp_if_include eth0"
  }
}

/// Prints a loss on standard error, in one of the processes, and exits with 75 (`EX_TEMPFAIL`).
///
/// - Parameter lost: The loss.
public func exitAfterLoss(_ lost: LostRank) {
  if lost.isReporter {
    let line = Array("\(lost), so the job has ended\n".utf8)
    _ = unsafe line.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
  }
  _exit(75)
}
