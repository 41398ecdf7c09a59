import CheckpointStore
import Checkpoints
import Glibc
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("Saving")
struct StoreTests {
  @Test("A checkpoint replaces the one before, and nothing else is left in the folder")
  func replaces() throws {
    try withTemporaryDirectory { directory in
      let model = small()
      try Checkpoint(model: model).save(to: "\(directory)/c.h5")
      let first = try readBytes("\(directory)/c.h5")
      model.variables[0].value = Tensor(repeating: 2, shape: [3, 2])
      try Checkpoint(model: model).save(to: "\(directory)/c.h5")
      #expect(try readBytes("\(directory)/c.h5") != first)
      #expect(names(in: directory) == ["c.h5"])
    }
  }

  @Test("The newest checkpoints keep numbered names, by step")
  func keep() throws {
    try withTemporaryDirectory { directory in
      let store = CheckpointStore(path: "\(directory)/c.h5", keep: 2)
      // Names that only look like ours are not touched.
      let others = ["c.step-1.h5", "c.step-0000000x.h5", "cc.step-00000001.h5", "d.h5"]
      for name in others { try writeBytes([1], to: "\(directory)/\(name)") }
      for step in [5, 7, 99_999_999, 100_000_000] { try store.save(checkpoint(step: step)) }
      let kept = ["c.step-100000000.h5", "c.step-99999999.h5"]
      #expect(names(in: directory) == (others + kept + ["c.h5"]).sorted())
      #expect(
        try readBytes("\(directory)/c.h5") == readBytes("\(directory)/c.step-100000000.h5"))
      let old = try CheckpointFile(opening: "\(directory)/c.step-99999999.h5").trainingState()
      #expect(old?.globalStep == 99_999_999)
    }
  }

  @Test("Checkpoints of an abandoned run are removed first, though their steps are higher")
  func keepAfterStartingOver() throws {
    try withTemporaryDirectory { directory in
      let store = CheckpointStore(path: "\(directory)/c.h5", keep: 2)
      for step in [8, 9] { try store.save(checkpoint(step: step)) }
      try store.save(checkpoint(step: 3))
      #expect(
        names(in: directory) == ["c.h5", "c.step-00000003.h5", "c.step-00000009.h5"])
      try store.save(checkpoint(step: 4))
      #expect(
        names(in: directory) == ["c.h5", "c.step-00000003.h5", "c.step-00000004.h5"])
    }
  }

  @Test("By default no checkpoint keeps a numbered name")
  func keepNone() throws {
    try withTemporaryDirectory { directory in
      try CheckpointStore(path: "\(directory)/c.h5").save(checkpoint(step: 1))
      #expect(names(in: directory) == ["c.h5"])
    }
  }

  @Test(
    "If a folder occupies the numbered name, the old checkpoint stays and no other file is left")
  func linkFails() throws {
    try withTemporaryDirectory { directory in
      let store = CheckpointStore(path: "\(directory)/c.h5", keep: 2)
      try store.save(checkpoint(step: 1))
      let before = try readBytes("\(directory)/c.h5")
      mkdir("\(directory)/c.step-00000002.h5", 0o777)
      #expect(
        message { try store.save(checkpoint(step: 2)) } == """
          Cannot write '\(directory)/c.h5': Is a directory; what was there before is unchanged
          """)
      #expect(try isFile("\(directory)/c.h5", before))
      #expect(
        names(in: directory) == ["c.h5", "c.step-00000001.h5", "c.step-00000002.h5"])
    }
  }

  @Test("If the path has become a folder, the error says so, and no file is left")
  func renameFails() throws {
    try withTemporaryDirectory { directory in
      mkdir("\(directory)/c.h5", 0o777)
      #expect(
        message { try CheckpointStore(path: "\(directory)/c.h5").save(checkpoint(step: 1)) } == """
          Cannot write '\(directory)/c.h5': Is a directory; what was there before is \
          unchanged
          """)
      #expect(names(in: directory) == ["c.h5"])
      #expect(names(in: "\(directory)/c.h5") == [])
    }
  }

  @Test("If the folder no longer exists, the error names it")
  func folderGone() throws {
    try withTemporaryDirectory { directory in
      mkdir("\(directory)/sub", 0o777)
      let store = CheckpointStore(path: "\(directory)/sub/c.h5")
      try store.save(checkpoint(step: 1))
      unlink("\(directory)/sub/c.h5")
      rmdir("\(directory)/sub")
      let expected = """
        Cannot create '\(directory)/sub/c.h5': the folder '\(directory)/sub/': No such file or \
        directory
        """
      #expect(message { try store.save(checkpoint(step: 2)) } == expected)
      #expect(message { try store.check() } == expected)
    }
  }

  @Test("Without file locks, a file created exclusively takes their place")
  func claim() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c.h5"
      let file = "\(directory)/.c.h5.claim"
      do {
        let claim = try CheckpointClaim(for: path)
        #expect(
          message { _ = try CheckpointClaim(for: path) }
            == "Cannot write '\(path)': process \(getpid()) is using it")
        _ = try CheckpointClaim(for: "\(directory)/d.h5")
        extendLifetime(claim)
      }
      #expect(access(file, F_OK) != 0)
      // Of a process that has ended, of another machine, or nothing that is understood.
      for text in ["", "1", "\(getpid()) 00000000-0000-0000-0000-000000000000", "-1 x y"] {
        try writeBytes(Array(text.utf8), to: file)
        #expect(
          message { _ = try CheckpointClaim(for: path) }
            == "Cannot write '\(path)': somebody who left '\(file)' (remove it if nobody "
            + "does, "
            + "here or on another machine) is using it")
        #expect(access(file, F_OK) == 0)
      }
      try writeBytes(Array("4711 3f0c2a52-8d2e-4d0b-9a53-0c4f6f0b8d11 node7\n".utf8), to: file)
      #expect(
        message { _ = try CheckpointClaim(for: path) }
          == "Cannot write '\(path)': a process on node7, which left '\(file)' (remove it if it no "
          + "longer does), is using it")
    }
  }

  @Test("A process of another machine or container, and an unknown one, are named as such")
  func remoteLock() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c.h5"
      let file = "\(directory)/.c.h5.lock"
      let lock = try CheckpointLock(for: path)
      let boot = try readText("/proc/sys/kernel/random/boot_id").prefix { $0 != "\n" }
      let other = "3f0c2a52-8d2e-4d0b-9a53-0c4f6f0b8d11"
      let lines: [(String, LockHolder)] = [
        ("4711 \(other) node7", .remote(4711, host: "node7")),
        ("4711 \(boot) a1b2c3", .remote(4711, host: "a1b2c3")),
        ("4711", .unknown), ("", .unknown), ("0 \(other) node7", .unknown),
        ("4711 \(other) \u{1B}[31m", .unknown),
      ]
      for (line, holder) in lines {
        truncateAndWrite(line, to: file)
        #expect(throws: StoreError.locked(path: path, holder: holder)) {
          try CheckpointLock(for: path)
        }
      }
      #expect("\(LockHolder.remote(4711, host: "node7"))" == "process 4711 on node7")
      try lock.confirm()
    }
  }

  /// Replaces the content of a file, which stays the same file.
  private func truncateAndWrite(_ text: String, to path: String) {
    let descriptor = unsafe open(path, O_WRONLY | O_TRUNC)
    defer { close(descriptor) }
    let written = unsafe write(descriptor, text, text.utf8.count)
    #expect(written == text.utf8.count)
  }

  @Test("A path that is not a regular file is refused before anything is computed")
  func check() throws {
    try withTemporaryDirectory { directory in
      mkfifo("\(directory)/fifo.h5", 0o666)
      #expect(
        message { try CheckpointStore(path: "\(directory)/fifo.h5").check() } == """
          Cannot create '\(directory)/fifo.h5': it exists and is not a regular file
          """)
      try CheckpointStore(path: "\(directory)/c.h5").check()
      #expect(names(in: directory) == ["fifo.h5"])
    }
  }

  @Test("A lock has one holder at a time, and names it")
  func lock() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c.h5"
      var first: CheckpointLock? = try CheckpointLock(for: path)
      #expect(first != nil)
      #expect(throws: StoreError.locked(path: path, holder: .process(getpid()))) {
        try CheckpointLock(for: path)
      }
      _ = try CheckpointLock(for: "\(directory)/d.h5")
      first = nil
      _ = try CheckpointLock(for: path)
      #expect(names(in: directory) == [".c.h5.lock", ".d.h5.lock"])
    }
  }

  @Test("A removed lock file is recreated, unless another process holds a new one")
  func lockFileRemoved() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/c.h5"
      let locked = StoreError.locked(path: path, holder: .process(getpid()))
      let first = try CheckpointLock(for: path)
      try first.confirm()
      unlink("\(directory)/.c.h5.lock")
      try first.confirm()
      #expect(throws: locked) { try CheckpointLock(for: path) }
      unlink("\(directory)/.c.h5.lock")
      var second: CheckpointLock? = try CheckpointLock(for: path)
      #expect(second != nil)
      #expect(throws: locked) { try first.confirm() }
      second = nil
      try first.confirm()
      #expect(throws: locked) { try CheckpointLock(for: path) }
    }
  }

  @Test("A claim that another process has replaced is not removed")
  func claimReplaced() throws {
    try withTemporaryDirectory { directory in
      let file = "\(directory)/.c.h5.claim"
      do {
        let claim = try CheckpointClaim(for: "\(directory)/c.h5")
        rename(file, "\(file)-old")
        try writeBytes([1], to: file)
        let isThere = claim.isThere
        #expect(!isThere)
        extendLifetime(claim)
      }
      #expect(access(file, F_OK) == 0)
    }
  }

  @Test("A path that cannot be replaced does not collect a numbered file with each save")
  func renameFailsForGood() throws {
    try withTemporaryDirectory { directory in
      let store = CheckpointStore(path: "\(directory)/c.h5", keep: 2)
      try store.save(checkpoint(step: 1))
      unlink("\(directory)/c.h5")
      mkdir("\(directory)/c.h5", 0o777)
      for step in 2...6 {
        #expect(message { try store.save(checkpoint(step: step)) }.contains("Is a directory"))
      }
      #expect(names(in: directory) == ["c.h5", "c.step-00000005.h5", "c.step-00000006.h5"])
      rmdir("\(directory)/c.h5")
      #expect(try store.recoverRun().path == "\(directory)/c.step-00000006.h5")
    }
  }

  private func small() -> Sequential {
    let model = Sequential([Dense(2)])
    model.build(inputShape: [3])
    return model
  }

  private func checkpoint(step: Int) -> Checkpoint {
    let model = small()
    return Checkpoint(model: model, state: state(of: model, step: step))
  }
}
