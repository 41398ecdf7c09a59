public import Ranks
import Threads

extension Communicator {
  /// What a user should know: that the processes of a job do not watch each other, that they have
  /// too few processors, or that `srun` has started them without MPI, so that they are no job.
  ///
  /// - Parameter threads: The number of threads that the user asks for; `nil` for any.
  /// - Returns: Sentences without a full stop, the same in all processes.
  /// - Throws: ``RankError`` if the processes cannot exchange data.
  public func warnings(threads: Int?) throws(RankError) -> [String] {
    guard size > 1 else {
      return Launch.separateProcesses.map {
        [
          """
          srun has started \($0) processes that do not know of each other, so each of them does \
          the whole work; srun --mpi=pmix joins them
          """
        ]
      } ?? []
    }
    var warnings: [String] = []
    if !isWatched {
      warnings.append(
        """
        the processes cannot connect to each other by TCP, so that one that hangs will not be \
        noticed
        """)
    }
    // Open MPI binds each of at most two processes to one core.
    let threads = threads ?? 0
    let lacking = try sum([threads > Threads.available ? 1 : 0])[0]
    if lacking > 0 {
      warnings.append(
        """
        \(lacking) of \(size) processes may use fewer processors than --threads \(threads); with \
        mpirun, --bind-to none lets them use all
        """)
    }
    return warnings
  }
}
