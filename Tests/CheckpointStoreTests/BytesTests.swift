import CheckpointStore
import Files
import Glibc
import TestSupport
import func TestSupport.unlink
import Testing

@Suite("A store of bytes, without models")
struct BytesTests {
  @Test("A saved checkpoint is loaded again, and a changed byte is noticed")
  func saveAndLoad() throws {
    try withStore { store in
      let path = store.path
      for count in [0, 1, 16383, 16384, 16385, 100_000] {
        let contents = bytes(count)
        try unsafe store.save(contents.span.bytes, step: count)
        #expect(try store.load() == contents)
      }
      var file = try readBytes(path)
      file[50_000] ^= 1
      try writeBytes(file, to: path)
      #expect(
        throws: StoreError.damaged(
          path: path, reason: "the bytes from 49152 to 65535 do not match the seal")
      ) { try store.load() }
    }
  }

  @Test("A file without a seal is refused")
  func unsealed() throws {
    try withStore { store in
      let path = store.path
      try writeBytes(bytes(1000), to: path)
      #expect(throws: StoreError.damaged(path: path, reason: "it has no seal")) {
        try store.load()
      }
      // Neither has a file that was cut short: the seal was at its end.
      try unsafe store.save(bytes(1000).span.bytes)
      try writeBytes(Array(readBytes(path).dropLast()), to: path)
      #expect(throws: StoreError.damaged(path: path, reason: "it has no seal")) {
        try store.load()
      }
      #expect(
        throws: StoreError.file(path: "\(path)2", .notFound("No such file or directory"))
      ) { try CheckpointStore(path: "\(path)2").load() }
    }
  }

  @Test("The newest valid checkpoint is found if the one at the path is damaged or missing")
  func recovery() throws {
    try withStore(keep: 2) { store in
      let path = store.path
      for step in 1...3 { try unsafe store.save(bytes(step).span.bytes, step: step) }
      #expect(try store.recover(examining: CheckpointStore.examine).path == path)
      unlink(path)
      try writeBytes([1, 2, 3], to: path)
      let recovery = try store.recover(examining: CheckpointStore.examine)
      #expect(recovery.path == "\(path).step-00000003.h5")
      #expect(recovery.rejected.map(\.reason) == [.unsealed])
      unlink("\(path).step-00000003.h5")
      #expect(
        try store.recover(examining: CheckpointStore.examine).path == "\(path).step-00000002.h5")
      try store.rollForward(to: "\(path).step-00000002.h5")
      #expect(try store.load() == bytes(2))
    }
  }

  @Test("A checkpoint in another folder is copied to the path with its seal")
  func copying() throws {
    try withStore { store in
      let other = CheckpointStore(path: "\(store.path)-other")
      try unsafe other.save(bytes(40_000).span.bytes, step: 7)
      try store.rollForward(to: other.path)
      #expect(try readBytes(store.path) == readBytes(other.path))
    }
  }

  @Test("A second holder of the lock is refused, with the ID of the first")
  func locking() throws {
    try withStore { store in
      let path = store.path
      let lock = try CheckpointLock(for: path)
      #expect(throws: StoreError.locked(path: path, holder: .process(getpid()))) {
        try CheckpointLock(for: path)
      }
      try unsafe store.save(bytes(10).span.bytes, holding: lock)
      #expect(try store.load() == bytes(10))
    }
  }

  private func withStore(keep: Int = 0, _ body: (CheckpointStore) throws -> Void) throws {
    try withTemporaryDirectory { try body(CheckpointStore(path: "\($0)/bytes", keep: keep)) }
  }

  private func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0) } }
}
