import CRanks

/// Ends `mpirun` if it hangs because this process is killed while MPI starts.
///
/// Until PMIx 4.2 at least, `mpirun` of Open MPI frees a structure twice if a process dies at the
/// moment at which it connects, and then waits for a lock in freed memory when it ends: all
/// processes are dead, and SIGTERM does not end it. So a child of this process, which survives it,
/// kills a launcher that sleeps for ``patience`` without looking after its dead processes. It has
/// said before which of them was killed.
struct LauncherWatch {
  /// The seconds after which a launcher hangs: longer than the second that Open MPI sleeps between
  /// two signals to its processes.
  private static let patience = 2

  private let process = cairn_watch_launcher(Int32(1000 * patience))

  /// Ends the watch: MPI has started.
  func end() {
    if process > 0 { cairn_end_watch(process) }
  }
}
