import Arguments
import Console
import Glibc
import Ranks
import Tensors
import Threads
import Training

/// What is different in a job of several processes.
extension Train {
  /// Says if the processes of a job do not watch each other, or have too few processors.
  func noteJob(_ communicator: Communicator, _ reporter: Reporter) throws(RankError) {
    guard communicator.size > 1 else { return }
    if !communicator.isWatched {
      reporter.warn(
        """
        the processes cannot connect to each other by TCP, so that one that hangs will not be \
        noticed
        """)
    }
    // Open MPI binds each of at most two processes to one core.
    let threads = watching.threads ?? 0
    let lacking = try communicator.sum([threads > Threads.available ? 1 : 0])[0]
    if lacking > 0 {
      reporter.warn(
        """
        \(lacking) of \(communicator.size) processes may use fewer processors than --threads \
        \(threads); with mpirun, --bind-to none lets them use all
        """)
    }
  }

  /// The extents to which pictures are brought, as the first process finds them in its files.
  func extents(
    for options: RunOptions, _ communicator: Communicator
  ) throws(RankError) -> [Int?] {
    let own = communicator.isFirst ? Trainer.inputExtents(for: options) : []
    let text = own.map { $0.map(String.init) ?? "any" }.joined(separator: " ")
    let bytes = try communicator.broadcast(Array(text.utf8))
    return String(decoding: bytes, as: UTF8.self).split(separator: " ").map { Int($0) }
  }

  /// Leaves a job together with all processes, which exit with the same status.
  ///
  /// - Parameters:
  ///   - communicator: The processes.
  ///   - status: The status of this process.
  /// - Returns: The status of the first process.
  func leave(_ communicator: Communicator, with status: ExitStatus) -> ExitStatus {
    guard communicator.size > 1 else { return status }
    // The others wait here until the first one has saved.
    let all = try? communicator.gather([UInt8(truncatingIfNeeded: status.rawValue)])
    communicator.end()
    return all?[0].first.flatMap { ExitStatus(rawValue: Int32($0)) } ?? status
  }

  /// Ends this process because another one was lost.
  static func end(after lost: LostRank, color: ColorChoice) {
    if lost.isReporter {
      let diagnostic = Diagnostic(
        .error, program: name, message: "\(lost), so the job has ended",
        hint: "it continues from its last save with: " + ShellCommand.original.resuming().text)
      let text = diagnostic.rendered(color: Terminal.of(.error, color: color).usesColor)
      _ = unsafe Array(text.utf8).withUnsafeBytes { bytes in
        unsafe write(STDERR_FILENO, bytes.baseAddress, bytes.count)
      }
    }
    _exit(ExitStatus.busy.rawValue)
  }
}

extension Communicator {
  /// Tells the other processes of an error of this one, unless it comes from them.
  ///
  /// - Parameters:
  ///   - error: The error.
  ///   - report: Its report.
  /// - Returns: The report of the error with which all processes end.
  func sharing(_ error: any Error, _ report: ErrorReport) -> ErrorReport {
    switch error {
    case is RankError, TrainingError.ranks: return report
    default: break
    }
    guard size > 1 else { return report }
    return ErrorReport(
      of: .failed(
        fail(
          RankFailure(report.message ?? "", hint: report.hint, status: report.status.rawValue))))
  }
}

extension ErrorReport {
  /// Reports an error of a job.
  init(of error: RankError) {
    let text = "\(error)"
    self.init(
      text.isEmpty ? nil : text, hint: error.hint, status: error.exitStatus, showsUsage: false)
  }
}

extension RankError {
  /// The exit status of a program that ends with this error.
  var exitStatus: ExitStatus {
    switch self {
    case .unavailable: .unavailable
    case .processCount: .usage
    case .communication: .ioError
    case .failed(let failure): ExitStatus(rawValue: failure.status) ?? .internalError
    }
  }

  /// Advice for the user.
  var hint: String? {
    switch self {
    case .unavailable:
      "install Open MPI or MPICH on each machine; CAIRN_MPI names a library elsewhere"
    case .processCount: "start 1, 2, 4, 8, … processes"
    case .communication: nil
    case .failed(let failure): failure.hint
    }
  }
}

extension Launch {
  /// The number of threads of this process, so that the processes of a machine share its
  /// processors; `nil` if the launcher has given each some of them, or it is unknown.
  var threadsOfRank: Int? {
    guard let localSize, localSize > 1,
      Threads.available == Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    else { return nil }
    return max(1, Threads.available / localSize)
  }
}
