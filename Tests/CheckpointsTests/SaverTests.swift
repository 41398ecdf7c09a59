import CheckpointStore
import Checkpoints
import Glibc
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("Saving while training goes on")
struct SaverTests {
  @Test("A save contains the state at its beginning, whatever changes meanwhile")
  func snapshot() throws {
    try withTemporaryDirectory { directory in
      let saver = CheckpointSaver(to: CheckpointStore(path: "\(directory)/c.h5", keep: 1))
      let (model, optimizer) = (makeModel(seed: 1), Adam())
      for step in 1...5 {
        train(model, optimizer, steps: step..<step + 1)
        let expected = Bits(model, optimizer)
        try saver.begin(
          Checkpoint(model: model, optimizer: optimizer, state: state(of: model, step: step)))
        train(model, optimizer, steps: 100..<101)
        saver.wait()
        #expect(saver.takeOutcomes().map(\.step) == [step])
        #expect(saver.takeOutcomes().isEmpty)
        let (other, otherOptimizer) = (makeModel(seed: 2), Adam())
        let restored = try CheckpointFile(opening: "\(directory)/c.h5")
          .restore(other, otherOptimizer)
        #expect(restored.globalStep == step)
        #expect(Bits(other, otherOptimizer) == expected)
      }
    }
  }

  @Test("A failed save is reported and leaves the old file, and the next one succeeds")
  func failure() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/sub/c.h5"
      mkdir("\(directory)/sub", 0o777)
      let saver = CheckpointSaver(to: CheckpointStore(path: path))
      let model = makeModel(seed: 1)
      func save(_ step: Int) throws -> String? {
        try saver.begin(Checkpoint(model: model, state: state(of: model, step: step)))
        saver.wait()
        return saver.takeOutcomes().first?.failure.map { "\($0)" }
      }
      #expect(try save(1) == nil)
      let before = try readBytes(path)
      rename("\(directory)/sub", "\(directory)/gone")
      #expect(
        try save(2) == """
          Cannot create '\(path)': the folder '\(directory)/sub/': No such file or directory
          """)
      rename("\(directory)/gone", "\(directory)/sub")
      #expect(try readBytes(path) == before)
      #expect(try save(3) == nil)
      #expect(try CheckpointFile(opening: path).seal == .sealed(step: 3))
    }
  }

  @Test("A state with NaN or infinity, in weights or optimizer, is never saved")
  func notFinite() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c.h5"
      let store = CheckpointStore(path: path)
      let (model, optimizer) = (makeModel(seed: 1), Adam())
      optimizer.build(for: model.trainableVariables)
      func save() throws {
        try store.save(
          Checkpoint(model: model, optimizer: optimizer, state: state(of: model, step: 1)))
      }
      try save()
      let before = try readBytes(path)
      let slot = optimizer.slotsInKerasOrder[3]
      for (value, variable, object) in [
        (Float.nan, model.variables[1], "/layers/conv2d/vars/1"),
        (.infinity, slot, "/optimizer/vars/5"), (-.infinity, slot, "/optimizer/vars/5"),
      ] {
        let good = variable.value
        var elements = good.scalars
        elements[elements.count - 1] = value
        variable.value = Tensor(elements, shape: good.shape)
        #expect(
          message(save) == """
            Cannot save '\(path)': '\(object)' contains NaN or infinity; what was there before is \
            unchanged
            """)
        variable.value = good
      }
      #expect(try readBytes(path) == before)
      try save()
    }
  }

  @Test("The best checkpoint goes to two places at once")
  func best() throws {
    try withTemporaryDirectory { directory in
      let saver = CheckpointSaver(
        to: CheckpointStore(path: "\(directory)/c.h5", keep: 2),
        best: CheckpointStore(path: "\(directory)/best.h5"))
      let model = makeModel(seed: 1)
      try saver.begin(Checkpoint(model: model, state: state(of: model, step: 4)), isBest: true)
      saver.wait()
      #expect(saver.takeOutcomes().map(\.path) == ["\(directory)/c.h5", "\(directory)/best.h5"])
      #expect(try readBytes("\(directory)/c.h5") == readBytes("\(directory)/best.h5"))
    }
  }

  @Test("A best checkpoint that could not be saved is tried again, as it was, until it is saved")
  func bestFails() throws {
    try withTemporaryDirectory { directory in
      let (path, bestPath) = ("\(directory)/c.h5", "\(directory)/best.h5")
      let saver = CheckpointSaver(
        to: CheckpointStore(path: path, keep: 1), best: CheckpointStore(path: bestPath))
      let model = makeModel(seed: 1)
      func save(_ step: Int, isBest: Bool = false) throws -> [String] {
        try saver.begin(
          Checkpoint(model: model, state: state(of: model, step: step)), isBest: isBest)
        saver.wait()
        return saver.takeOutcomes().map { outcome in
          "\(outcome.path.dropFirst(directory.count + 1)) \(outcome.step) "
            + (outcome.failure == nil ? "saved" : "failed")
        }
      }
      mkdir(bestPath, 0o777)
      let first = try save(1, isBest: true)
      #expect(first == ["c.h5 1 saved", "best.h5 1 failed"])
      #expect(try save(2) == ["c.h5 2 saved", "best.h5 1 failed"])
      // Should this process be killed, the next finds the state of step 1.
      #expect(names(in: directory).contains("c.step-00000001.h5"))
      rmdir(bestPath)
      #expect(try save(3) == ["c.h5 3 saved", "best.h5 1 saved"])
      #expect(try CheckpointFile(opening: bestPath).seal == .sealed(step: 1))
      #expect(try save(4) == ["c.h5 4 saved"])
      #expect(names(in: directory) == ["best.h5", "c.h5", "c.step-00000004.h5"])
    }
  }
}
