import Glibc
import TestSupport
import Testing

/// What happens to a launcher of MPI whose rank is killed while MPI starts.
///
/// A shell is the launcher, and a pipe with a name the library of MPI: it can be opened for writing
/// once the rank begins to load it.
@Suite("Launchers")
struct LauncherTests {
  private func launch(_ end: String) throws -> ProgramResult {
    let script = "mkfifo mpi; \"$@\" & exec 3>mpi; kill -KILL $!; \(end)"
    let environment = [
      "OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "2", "CAIRN_MPI": "./mpi",
    ]
    return try withTemporaryDirectory { directory in
      try run(
        "train", ["--save", "ckpt.h5"], shell: script, environment: environment, in: directory)
    }
  }

  @Test("A launcher that does not look after its dead rank is killed")
  func hanging() throws {
    #expect(try launch("exec sleep 30").signal == SIGKILL)
  }

  @Test("A launcher that looks after its dead rank may take its time")
  func slow() throws {
    #expect(try launch("wait; sleep 5; exit 9").code == 9)
  }
}
