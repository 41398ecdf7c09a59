import Glibc
import RunSupport
import TestSupport
import Testing

/// Before a run is called finished, the path holds its last state, whatever had happened to it.
@Suite("A finished run, on the built program")
struct FinishedTests {
  /// Two epochs, of which each has a numbered file, and what is done to the files then.
  private func withFinishedRun(
    _ more: String..., body: (_ directory: String, _ state: [UInt8]) throws -> Void
  ) throws {
    try withData(steps: 1) { directory in
      let first = try run("train", trainArguments(["--epochs", "2"] + more), in: directory)
      #expect(first.code == 0, "\(first.whole)")
      try body(directory, try readBytes("\(directory)/ckpt.h5"))
    }
  }

  private func expectFinished(
    _ directory: String, _ state: [UInt8], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let result = try train("--epochs", "2", in: directory)
    #expect(result.code == 0, "\(result.whole)", sourceLocation: sourceLocation)
    #expect(
      result.error.contains("ckpt.h5 is finished, after epoch 2, step 2"), "\(result.whole)",
      sourceLocation: sourceLocation)
    #expect(try isFile("\(directory)/ckpt.h5", state), sourceLocation: sourceLocation)
  }

  @Test(
    "A run killed between the two renames of its last save updates the path when started again"
  )
  func betweenNames() throws {
    try withFinishedRun { directory, state in
      let path = "\(directory)/ckpt.h5"
      rename("\(directory)/ckpt.step-00000001.h5", path)
      try expectFinished(directory, state)
    }
  }

  @Test("A deleted checkpoint is restored")
  func deleted() throws {
    try withFinishedRun { directory, state in
      unlink("\(directory)/ckpt.h5")
      try expectFinished(directory, state)
    }
  }

  @Test("A damaged checkpoint is restored from a numbered file or from the best epoch")
  func damaged() throws {
    try withFinishedRun { directory, state in
      unlink("\(directory)/ckpt.h5")
      try writeBytes(Array(state.dropLast(1000)), to: "\(directory)/ckpt.h5")
      try expectFinished(directory, state)
      #expect(names(in: directory).contains { $0.hasPrefix("ckpt.h5.damaged-") })
    }
    try withFinishedRun("--keep", "0", "--save-best", "best.h5", "--monitor", "loss") {
      directory, state in
      try #require(try isFile("\(directory)/best.h5", state))
      try writeBytes(Array(state.dropLast(1000)), to: "\(directory)/ckpt.h5")
      let result = try train(
        "--epochs", "2", "--keep", "0", "--save-best", "best.h5", in: directory)
      #expect(result.code == 0, "\(result.whole)")
      #expect(try isFile("\(directory)/ckpt.h5", state))
    }
  }

  @Test("A finished run resumed with another --save is saved there too")
  func resumedElsewhere() throws {
    try withFinishedRun { directory, _ in
      let expected = try CheckpointContents(of: "\(directory)/ckpt.h5")
      let arguments = [
        "--save", "new.h5", "--data", "data", "--optimizer", "sgd", "--epochs", "2",
        "--resume", "ckpt.h5",
      ]
      let result = try run("train", arguments, in: directory)
      #expect(result.code == 0, "\(result.whole)")
      let content = try CheckpointContents(of: "\(directory)/new.h5")
      #expect(content.differences(from: expected) == [])
      // It is not called finished if it cannot be saved.
      unlink("\(directory)/new.h5")
      unlink("\(directory)/new.step-00000002.h5")
      let failed = try run(
        "train", arguments + ["--save-patience", "0s"],
        shell: "ulimit -f 1000 && exec \"$@\"", in: directory)
      #expect(failed.code == 74, "\(failed.whole)")
      #expect(!failed.error.contains("finished"), "\(failed.whole)")
      #expect(!names(in: directory).contains { $0.hasPrefix("new") })
    }
  }
}
