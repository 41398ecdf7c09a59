/// An error of a job with several processes.
///
/// ```swift
/// do {
///   let ranks = try Communicator.start()
///   try ranks.barrier()
///   ranks.end()
/// } catch RankError.failed(let failure) {
///   print("process \(failure.rank ?? 0) on \(failure.host): \(failure)")
/// } catch {
///   print(error)  // such as a number of processes that is no power of two
/// }
/// ```
public enum RankError: Error, Equatable, Sendable {
  /// The process was started as one of several, but MPI cannot be used.
  ///
  /// - Parameters:
  ///   - rank: The number of this process.
  ///   - size: The number of processes.
  ///   - reason: What each library that was tried lacks.
  case unavailable(rank: Int, size: Int, reason: String)

  /// The number of processes is not a power of two.
  case processCount(Int)

  /// A call of MPI failed.
  case communication(String)

  /// A process of the job cannot continue, so that none can.
  case failed(RankFailure)
}

extension RankError: CustomStringConvertible {
  /// The error in one sentence.
  public var description: String {
    switch self {
    case .unavailable(let rank, let size, let reason):
      "Cannot run as process \(rank) of \(size): MPI cannot be loaded: \(reason)"
    case .processCount(let count):
      "The number of processes must be a power of two, but is \(count)"
    case .communication(let reason):
      "The processes cannot exchange data: \(reason)"
    case .failed(let failure):
      "\(failure)"
    }
  }
}
