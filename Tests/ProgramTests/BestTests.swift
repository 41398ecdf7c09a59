import Glibc
import RunSupport
import TestSupport
import Testing

/// The file of the best epoch holds the best epoch, whatever interrupted or failed.
@Suite("The best epoch, on the built program")
struct BestTests {
  /// Runs with a learning rate that changes no weight, so that the first epoch stays the best.
  private func train(
    _ directory: String, epochs: Int, keep: Int = 3, best: Bool = true
  ) throws -> ProgramResult {
    try run(
      "train",
      trainArguments(["--lr", "1e-30", "--epochs", "\(epochs)", "--keep", "\(keep)"])
        + (best ? ["--save-best", "best.h5"] : []), in: directory)
  }

  private func step(_ name: String, in directory: String) throws -> Int64? {
    try CheckpointContents(of: "\(directory)/\(name)").elements["/training_state/global_step"]?
      .reversed().reduce(0) { $0 << 8 | Int64($1) }
  }

  @Test(
    "An interrupted save of the best epoch is repeated at the next start, even of a finished run"
  )
  func interrupted() throws {
    try withData(steps: 1) { directory in
      #expect(try train(directory, epochs: 2).code == 0)
      #expect(try step("best.h5", in: directory) == 1)
      // Nothing there yet, a later epoch as if it had been better, damaged, and what a kill leaves.
      for content in [nil, "ckpt.h5", "damaged"] {
        unlink("\(directory)/best.h5")
        switch content {
        case nil: break
        case "damaged"?:
          var bytes = try readBytes("\(directory)/ckpt.step-00000001.h5")
          bytes[bytes.count / 2] ^= 1
          try writeBytes(bytes, to: "\(directory)/best.h5")
        case let name?:
          try writeBytes(try readBytes("\(directory)/\(name)"), to: "\(directory)/best.h5")
        }
        try writeBytes([1], to: "\(directory)/.best.h5.tmp-1-0123456789abcdef")
        let result = try train(directory, epochs: 2)
        #expect(result.code == 0, "\(result.whole)")
        #expect(result.error.contains("nothing left to do"))
        #expect(try step("best.h5", in: directory) == 1)
        #expect(!names(in: directory).contains { $0.contains(".tmp-") })
      }
      unlink("\(directory)/best.h5")
      #expect(try train(directory, epochs: 3).code == 0)
      #expect(try step("best.h5", in: directory) == 1)
    }
  }

  @Test("--save-best in a later run uses the remaining checkpoints, and reports a lost best epoch")
  func askedForLater() throws {
    try withData(steps: 1) { directory in
      #expect(try train(directory, epochs: 2, best: false).code == 0)
      let result = try train(directory, epochs: 2)
      #expect(!result.error.contains("warning"), "\(result.whole)")
      #expect(try step("best.h5", in: directory) == 1)
      unlink("\(directory)/best.h5")

      #expect(try train(directory, epochs: 4, keep: 1, best: false).code == 0)
      let late = try train(directory, epochs: 4, keep: 1)
      #expect(late.code == 0, "\(late.whole)")
      #expect(
        late.error.contains(
          """
          train: warning: epoch 1 is the best so far, but no checkpoint holds its state any more; \
          best.h5 holds epoch 4 until a later epoch is better
          """), "\(late.whole)")
      #expect(try step("best.h5", in: directory) == 4)
    }
  }

  @Test("The file of the best epoch belongs to one run at a time")
  func locked() throws {
    try withData(steps: 1) { directory in
      let first = try RunningProgram(
        "train",
        trainArguments(["--epochs", "1000000", "--save-every", "1step", "--save-best", "best.h5"]),
        in: directory)
      defer {
        first.send(SIGKILL)
        _ = first.wait()
      }
      while access("\(directory)/ckpt.h5", F_OK) != 0, first.isRunning { usleep(2000) }
      let second = try run(
        "train",
        ["--save", "other.h5", "--data", "data", "--max-steps", "1", "--save-best", "best.h5"],
        in: directory)
      #expect(second.code == 75, "\(second.whole)")
      #expect(second.error.contains("best.h5"))
      #expect(!names(in: directory).contains("other.h5"))
    }
  }

  @Test("A removed lock file does not let a second run destroy the first one's checkpoint")
  func lockRemoved() throws {
    try withData(steps: 1) { directory in
      let arguments = trainArguments(["--save-every", "1step", "--keep", "2"])
      let first = try RunningProgram("train", arguments + ["--epochs", "1000000"], in: directory)
      while access("\(directory)/ckpt.h5", F_OK) != 0, first.isRunning { usleep(2000) }
      unlink("\(directory)/.ckpt.h5.lock")
      let second = try RunningProgram("train", arguments + ["--epochs", "1000000"], in: directory)
      // One of them ends by itself; which one, the clock decides.
      guard eventually({ !first.isRunning || !second.isRunning }) else {
        for program in [first, second] { program.send(SIGKILL) }
        Issue.record("both train into one file")
        return
      }
      let (loser, winner) = first.isRunning ? (second, first) : (first, second)
      let lost = loser.wait()
      #expect(lost.code == 75, "\(lost.whole)")
      #expect(lost.error.contains("is training into it"), "\(lost.whole)")
      #expect(winner.isRunning)
      winner.send(SIGTERM)
      let won = winner.wait()
      #expect(won.code == 143, "\(won.whole)")
      let verified = try run("inspect", ["ckpt.h5", "--verify"], in: directory)
      #expect(verified.code == 0, "\(verified.whole)")
    }
  }
}
