import CRanks
import Glibc

/// Ends `mpirun` if it hangs because this process is killed while MPI starts.
///
/// PMIx 4.2.2, which `mpirun` of Open MPI uses, frees a structure twice if a process dies at the
/// moment at which it connects, and then waits for a lock in freed memory when it ends: all
/// processes are dead, and SIGTERM does not end it. So a child of this process, which survives it,
/// kills a launcher that sleeps for some seconds without looking after its dead processes. By then
/// `mpirun` has reported the killed rank.
struct LauncherWatch {
  private let process: pid_t

  /// Starts the watch; nothing is watched if the parent of this process is not `mpirun`.
  init() {
    // A sound `mpirun` sleeps between two signals to its processes, for a second by default.
    let name = "OMPI_MCA_odls_base_sigkill_timeout"
    let sleep = unsafe getenv(name).flatMap { unsafe Int32(String(cString: $0)) } ?? 1
    process = cairn_watch_launcher(1000 * (min(max(sleep, 1), 3600) + 1))
  }

  /// Ends the watch: MPI has started.
  func end() {
    if process > 0 { cairn_end_watch(process) }
  }
}
