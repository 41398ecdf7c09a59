import Glibc
import TestSupport
import Testing

/// What happens to a launcher of MPI whose rank is killed while MPI starts.
///
/// A shell with the name of the launcher is the launcher, and a named pipe is the library of MPI:
/// it can be opened for writing once the rank begins to load it.
@Suite("Launchers")
struct LauncherTests {
  private func launch(named name: String = "mpirun", _ end: String) throws -> ProgramResult {
    let script = """
      mkfifo mpi; ln -s /bin/sh \(name)
      exec ./\(name) -c '"$@" & rank=$!; exec 3>mpi; \(end)' sh "$@"
      """
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
    // A shell may look after a rank that dies before the shell has become `sleep`.
    let kill = "until [ $(cat /proc/$$/comm) = sleep ]; do sleep 0.1; done; kill -KILL $rank"
    #expect(try launch("(\(kill)) & exec sleep 30").signal == SIGKILL)
  }

  @Test("A program between the launcher and the rank is left alone")
  func otherParent() throws {
    #expect(try launch(named: "wrapper", "kill -KILL $rank; exec sleep 4").code == 0)
  }

  @Test("A launcher that looks after its dead rank may take its time")
  func slow() throws {
    #expect(try launch("kill -KILL $rank; wait; sleep 5; exit 9").code == 9)
  }
}
