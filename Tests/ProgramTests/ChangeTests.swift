import Checkpoints
import Glibc
import JSON
import ModelFiles
import NeuralNetwork
import RunSupport
import TestSupport
import Testing

@Suite("train resumes with the same command, and changes settings of a run")
struct ChangeTests {
  private func state(_ name: String, in directory: String) throws -> TrainingState {
    try #require(try CheckpointFile(opening: "\(directory)/\(name)").trainingState())
  }

  /// Trains with Adam, so that there are moments to keep or to lose.
  private func adam(_ arguments: String..., in directory: String) throws -> ProgramResult {
    try run("train", ["--data", "data"] + arguments, in: directory)
  }

  @Test("Settings changed inside an epoch give the same bits, wherever the run is stopped")
  func changes() throws {
    try withData { directory in
      #expect(
        try adam("--save", "start.h5", "--max-steps", "13", "--keep", "0", in: directory).code == 0)
      let changes = ["--change", "lr=1e-4", "--change", "batch-size=64"]
      func train(_ name: String, steps: Int) throws -> ProgramResult {
        try run(
          "train",
          ["--data", "data", "--resume", "start.h5", "--save", name, "--max-steps", "\(steps)"]
            + ["--keep", "0"] + changes, in: directory)
      }
      let whole = try train("whole.h5", steps: 27)
      #expect(whole.code == 0, "\(whole.whole)")
      #expect(whole.error.contains("learning_rate changes from 0.001 to 0.0001 as of step 13"))
      #expect(whole.error.contains("batch_size changes from 32 to 64 as of step 20"))
      // Inside the epoch, at its end, inside the next one, which has five steps, and at its end.
      for steps in [14, 20, 22, 25, 27] {
        let part = try train("parts.h5", steps: steps)
        #expect(part.code == 0, "\(part.whole)")
        #expect(steps == 14 || !part.error.contains("changes from"), "\(part.error)")
      }
      let differences = try CheckpointContents(of: "\(directory)/parts.h5")
        .differences(from: CheckpointContents(of: "\(directory)/whole.h5"))
      #expect(differences == [])
      let found = try state("parts.h5", in: directory)
      #expect(
        found.changes == [
          RunChange(step: 13, name: "learning_rate", from: .number(0.001), to: .number(1e-4)),
          RunChange(step: 20, name: "batch_size", from: .integer(32), to: .integer(64)),
        ])
      #expect((found.epoch, found.stepInEpoch) == (3, 2))
      #expect(found.settings["batch_size"] == .integer(64))

      let page = try run("inspect", ["parts.h5"], in: directory)
      #expect(page.output.contains("learning_rate from 0.001 to 0.0001 as of step 13"))
      #expect(page.output.contains("start.h5"))
      #expect(try run("inspect", ["parts.h5", "--verify"], in: directory).code == 0)
    }
  }

  @Test("The same command works again after --change, with the option's old value")
  func repeated() throws {
    try withData { directory in
      #expect(
        try adam("--save", "c.h5", "--lr", "0.001", "--max-steps", "1", in: directory).code == 0)
      for steps in ["2", "3"] {
        let result = try adam(
          "--save", "c.h5", "--lr", "0.001", "--change", "lr=0.01", "--max-steps", steps,
          in: directory)
        #expect(result.code == 0, "\(result.whole)")
        #expect(
          result.lastErrorLine.hasSuffix("train --data data --save c.h5 --epochs 5"),
          "\(result.lastErrorLine)")
      }
      #expect(try state("c.h5", in: directory).changes.count == 1)
      let refused = try adam("--save", "c.h5", "--lr", "0.001", in: directory)
      #expect(refused.code == 65)
      #expect(refused.error.contains("learning_rate  0.01         0.001"), "\(refused.error)")
      let none = try adam("--save", "none.h5", "--change", "lr=0.01", in: directory)
      #expect(none.code == 66, "\(none.whole)")
    }
  }

  @Test("A reset inside an epoch can be resumed, and the same command does not reset again")
  func reset() throws {
    try withData { directory in
      #expect(try adam("--save", "c.h5", "--max-steps", "12", in: directory).code == 0)
      for (index, steps) in ["14", "17", "21"].enumerated() {
        let result = try adam(
          "--save", "c.h5", "--reset-optimizer", "--max-steps", steps, in: directory)
        #expect(result.code == 0, "\(result.whole)")
        #expect(result.error.contains("is reset as of step 12") == (index == 0), "\(result.error)")
        #expect(!result.lastErrorLine.contains("--reset-optimizer"))
      }
      let found = try state("c.h5", in: directory)
      #expect(found.optimizerIterations == 9)
      #expect(found.changes.map(\.name) == [RunChange.optimizerIterations])
      #expect(try run("inspect", ["c.h5", "--verify"], in: directory).code == 0)
    }
  }

  @Test("--resume X --save Y works again if Y continues X, and only then")
  func continuation() throws {
    try withData { directory in
      #expect(try adam("--save", "x.h5", "--max-steps", "2", in: directory).code == 0)
      #expect(
        try adam("--save", "other.h5", "--seed", "7", "--max-steps", "1", in: directory).code == 0)
      for steps in ["3", "4"] {
        let result = try adam(
          "--resume", "x.h5", "--save", "y.h5", "--max-steps", steps, in: directory)
        #expect(result.code == 0, "\(result.whole)")
        #expect(result.error.hasPrefix("train: resuming \(steps == "3" ? "x" : "y").h5 "))
      }
      // A file that is gone is known by its name; a file of another run is not touched.
      unlink("\(directory)/x.h5")
      #expect(
        try adam("--resume", "x.h5", "--save", "y.h5", "--max-steps", "5", in: directory).code == 0)
      let refused = try adam("--resume", "other.h5", "--save", "y.h5", in: directory)
      #expect(refused.code == 73, "\(refused.whole)")
      #expect(refused.error.contains("'y.h5': it holds a run, in epoch 1, step 5"))
    }
  }

  @Test(
    "A file without a run provides its optimizer; --lr is recorded as a change at step 0")
  func withoutRun() throws {
    try withData { directory in
      #expect(try adam("--save", "c.h5", "--max-steps", "1", in: directory).code == 0)
      let file = try CheckpointFile(opening: "\(directory)/c.h5")
      let (model, optimizer) = (try file.loadModel(), RMSprop(learningRate: 0.02, momentum: 0.5))
      optimizer.build(for: model.trainableVariables)
      optimizer.iterations = 7
      try Checkpoint(
        model: model, optimizer: optimizer, loss: SparseCategoricalCrossentropy(fromLogits: true)
      ).save(to: "\(directory)/model.h5")
      let own = try adam(
        "--resume", "model.h5", "--save", "own.h5", "--max-steps", "1", in: directory)
      #expect(own.error.contains("its optimizer after 7 steps, learning rate 0.02"), "\(own.error)")
      let ownState = try state("own.h5", in: directory)
      #expect(ownState.settings["optimizer"] == .string("rmsprop"))
      #expect(ownState.settings["optimizer_options"] == .object(["momentum": .number(0.5)]))
      #expect(ownState.settings["learning_rate"] == .number(0.02))

      for steps in ["1", "2"] {
        let result = try adam(
          "--resume", "model.h5", "--save", "lr.h5", "--lr", "0.5", "--max-steps", steps,
          in: directory)
        #expect(result.code == 0, "\(result.whole)")
      }
      let changed = try CheckpointFile(opening: "\(directory)/lr.h5")
      let changedState = try state("lr.h5", in: directory)
      #expect(
        changedState.changes == [
          RunChange(step: 0, name: "learning_rate", from: .number(0.02), to: .number(0.5))
        ])
      #expect(changedState.settings["learning_rate"] == .number(0.5))
      let described = try #require(try changed.optimizer())
      #expect(described.learningRate == 0.5)
      try changed.loadOptimizer(into: described, for: changed.loadModel())
      #expect((described.learningRate, described.iterations) == (0.5, 9))
    }
  }
}
