import CheckpointStore
import Checkpoints
import Glibc
import NeuralNetwork
import TestSupport
import Testing

@Suite("Recovering a run")
struct RecoveryTests {
  @Test("The newest checkpoint is the file at the path")
  func newest() throws {
    try withStore { store, directory in
      for step in 1...3 { try save(step, to: store) }
      #expect(try store.recoverRun().path == "\(directory)/c.h5")
      #expect(try store.recoverRun().rejected == [])
    }
  }

  @Test("Without any saved checkpoint, nothing is recovered and nothing is reported")
  func nothing() throws {
    try withStore { store, _ in
      let recovery = try store.recoverRun()
      #expect(recovery.path == nil)
      #expect(recovery.rejected == [])
    }
  }

  @Test(
    "If the newest checkpoint is damaged, the one before it is used, and the damage is reported")
  func damaged() throws {
    try withStore { store, directory in
      for step in 1...3 { try save(step, to: store) }
      let path = "\(directory)/c.h5"
      let bytes = try readBytes(path)
      for (name, mutant) in [
        ("flipped", bytes.enumerated().map { $0.offset == 20_000 ? ~$0.element : $0.element }),
        ("cut off", Array(bytes.prefix(9_000))), ("text", Array("hello".utf8)),
      ] {
        // The file has two names, and both lead to the damage.
        try writeBytes(mutant, to: path)
        unlink("\(directory)/c.step-00000003.h5")
        link(path, "\(directory)/c.step-00000003.h5")
        let recovery = try store.recoverRun()
        #expect(recovery.path == "\(directory)/c.step-00000002.h5", "\(name)")
        #expect(recovery.rejected.map(\.path).first == path, "\(name)")
        #expect(!recovery.rejected.contains { !$0.reason.isDamaged }, "\(name)")
        try writeBytes(bytes, to: path)
      }
      // An empty file is nobody's, as if there were none.
      try writeBytes([], to: path)
      unlink("\(directory)/c.step-00000003.h5")
      #expect(try store.recoverRun().path == "\(directory)/c.step-00000002.h5")
    }
  }

  @Test("If all are damaged, none is used, and each is listed")
  func allDamaged() throws {
    try withStore { store, directory in
      for step in 1...3 { try save(step, to: store) }
      for name in ["c.h5", "c.step-00000001.h5", "c.step-00000002.h5", "c.step-00000003.h5"] {
        try writeBytes([1, 2, 3], to: "\(directory)/\(name)")
      }
      let recovery = try store.recoverRun()
      #expect(recovery.path == nil)
      #expect(Set(recovery.rejected.map { "\($0.reason)" }) == ["not an HDF5 file"])
    }
  }

  @Test("A save interrupted after its numbered name is the newest one")
  func betweenNames() throws {
    try withStore { store, directory in
      try save(1, to: store)
      let one = try readBytes("\(directory)/c.h5")
      try save(2, to: store)
      unlink("\(directory)/c.h5")
      try writeBytes(one, to: "\(directory)/c.h5")
      #expect(try store.recoverRun().path == "\(directory)/c.step-00000002.h5")
    }
  }

  @Test("Checkpoints of an abandoned run are not used, however many steps it had")
  func otherRun() throws {
    try withStore { store, directory in
      try save(9, to: store, run: "old")
      try save(2, to: store, run: "new")
      #expect(try store.recoverRun().path == "\(directory)/c.h5")
      // They are what is left once the new run has nothing.
      try writeBytes([], to: "\(directory)/c.h5")
      unlink("\(directory)/c.step-00000002.h5")
      #expect(try store.recoverRun().path == "\(directory)/c.step-00000009.h5")
    }
  }

  @Test("A file changed by another program is used only on request, and is not called damaged")
  func unsealed() throws {
    try withStore { store, directory in
      try save(1, to: store)
      let bytes = try readBytes("\(directory)/c.h5")
      let size = bytes.dropLast(104).suffix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      try writeBytes(Array(bytes.prefix(size)), to: "\(directory)/c.h5")
      let recovery = try store.recoverRun()
      #expect(recovery.rejected.first?.reason.isDamaged == false)
      #expect(recovery.rejected.first?.path == "\(directory)/c.h5")
    }
  }

  @Test("Damaged files are renamed, also the second time")
  func setAside() throws {
    try withStore { store, directory in
      let path = "\(directory)/c.h5"
      for (content, name) in [(1, "c.h5.damaged-T"), (2, "c.h5.damaged-T-1")] as [(UInt8, String)] {
        try writeBytes([content], to: path)
        #expect(store.setAside(path, time: "T") == "\(directory)/\(name)")
        #expect(try readBytes("\(directory)/\(name)") == [content])
      }
      #expect(store.setAside(path, time: "T") == nil)
    }
  }

  @Test("Leftovers of interrupted saves are removed, except one that is whole and the newest")
  func sweep() throws {
    try withStore { store, directory in
      try save(1, to: store)
      try save(2, to: store)
      let two = try readBytes("\(directory)/c.h5")
      try save(3, to: store)
      let three = try readBytes("\(directory)/c.h5")
      // As if the last save had been interrupted before it had a name.
      unlink("\(directory)/c.step-00000003.h5")
      try writeBytes(two, to: "\(directory)/c.h5")
      try writeBytes(two, to: "\(directory)/.c.h5.tmp-1-old")
      try writeBytes(Array(three.dropLast()), to: "\(directory)/.c.h5.tmp-1-part")
      #expect(try store.sweep() == nil)
      #expect(try readBytes("\(directory)/c.h5") == two)
      try writeBytes(three, to: "\(directory)/.c.h5.tmp-1-whole")
      try writeBytes([], to: "\(directory)/.c.h5.tmp-1-empty")
      #expect(try store.sweep() == 3)
      #expect(try readBytes("\(directory)/c.h5") == three)
      #expect(try readBytes("\(directory)/c.step-00000003.h5") == three)
      #expect(try store.sweep() == nil)
      #expect(try store.recoverRun().path == "\(directory)/c.h5")
    }
  }

  @Test("A leftover of another run does not replace the file at the path")
  func sweepOtherRun() throws {
    try withStore { store, directory in
      try save(9, to: store, run: "old")
      rename("\(directory)/c.h5", "\(directory)/.c.h5.tmp-1-whole")
      unlink("\(directory)/c.step-00000009.h5")
      try save(2, to: store, run: "new")
      let new = try readBytes("\(directory)/c.h5")
      #expect(try store.sweep() == nil)
      #expect(try isFile("\(directory)/c.h5", new))
      #expect(names(in: directory) == ["c.h5", "c.step-00000002.h5"])
    }
  }

  @Test("The path is restored from another file of the run, by a link or as a copy")
  func rollForward() throws {
    try withStore { store, directory in
      let path = "\(directory)/c.h5"
      try save(1, to: store)
      let one = try readBytes(path)
      try save(2, to: store)
      let numbered = "\(directory)/c.step-00000002.h5"
      let two = try readBytes(path)
      for isThere in [true, false] {
        unlink(path)
        if isThere { try writeBytes(one, to: path) }
        try store.rollForward(to: numbered)
        #expect(try isFile(path, two))
        #expect(isSameFile(path, numbered))
      }
      try writeBytes(one, to: "\(directory)/best.h5")
      try store.rollForward(to: "\(directory)/best.h5")
      #expect(try isFile(path, one))
      #expect(!isSameFile(path, "\(directory)/best.h5"))
      #expect(
        names(in: directory) == ["best.h5", "c.h5", "c.step-00000001.h5", "c.step-00000002.h5"])
      // What is damaged takes nobody's place.
      try writeBytes(Array(two.dropLast(9)), to: "\(directory)/best.h5")
      #expect(throws: StoreError.self) { try store.rollForward(to: "\(directory)/best.h5") }
      #expect(try isFile(path, one))
    }
  }

  @Test("A file elsewhere is used only if it belongs to the run, and never alone")
  func elsewhere() throws {
    try withStore { store, directory in
      let other = CheckpointStore(path: "\(directory)/best.h5")
      try save(9, to: other, run: "other")
      #expect(try store.recoverRun(including: [other.path]).path == nil)
      for step in 1...2 { try save(step, to: store) }
      #expect(try store.recoverRun(including: [other.path]).path == store.path)
      // Neither when the path is damaged and a numbered one tells the run.
      unlink("\(directory)/c.step-00000002.h5")
      try writeBytes([1], to: store.path)
      #expect(
        try store.recoverRun(including: [other.path]).path == "\(directory)/c.step-00000001.h5")
      try save(9, to: other)
      #expect(try store.recoverRun(including: [other.path]).path == other.path)
      unlink("\(directory)/c.step-00000001.h5")
      #expect(try store.recoverRun(including: [other.path]).path == other.path)
    }
  }

  private func isSameFile(_ a: String, _ b: String) -> Bool {
    var (first, second) = (stat(), stat())
    return unsafe stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_ino == second.st_ino
  }

  private func withStore(_ body: (CheckpointStore, String) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      try body(CheckpointStore(path: "\(directory)/c.h5", keep: 3), directory)
    }
  }

  private func save(_ step: Int, to store: CheckpointStore, run: String = "run") throws {
    let model = makeModel(seed: 1)
    var state = state(of: model, step: step)
    state.runID = run
    try store.save(Checkpoint(model: model, optimizer: Adam(), state: state))
  }
}
