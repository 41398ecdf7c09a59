import CheckpointStore
import Checkpoints
import Files
import Glibc
import HDF5
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

@Suite("The seal of a checkpoint")
struct SealTests {
  @Test("A saved file has a seal with its step, and is read as it was written")
  func sealed() throws {
    try withTemporaryDirectory { directory in
      let (path, model) = try save(in: directory)
      let file = try CheckpointFile(opening: path)
      #expect(file.seal == .sealed(step: 7))
      let other = makeModel(seed: 2)
      try file.loadWeights(into: other)
      #expect(
        other.variables.map { $0.value.scalars } == model.variables.map { $0.value.scalars })
      let check = try SealCheck(ofHDF5: DiskFile(path))
      #expect(check.isGood)
      #expect(check.pieceCount == (try payloadSize(path) + 16383) / 16384)
    }
  }

  @Test("The seal's layout is the documented one, byte for byte")
  func layout() throws {
    // What `tools/fixtures/seal.py` says of the same bytes.
    let payload = (0..<40_000).map { UInt8($0 % 251) }
    let trailer = unsafe payload.withUnsafeBytes { unsafe Seal(of: $0, step: 258).trailer }
    #expect(trailer.count == 3 * 32 + 128)
    #expect(
      hex(trailer.prefix(32)) == "4348e3b98e8a327b34ced39c1da9e67cdb4cd5e48e4d7960607a3ae403d35f0c")
    #expect(
      hex(SHA256.digest(of: trailer))
        == "2d6c89f5f99e24cfb66f30cc03a4fa8950d5f7d407d19d96d7b81e3ef70d784b")
  }

  @Test("A file without a seal comes from another program, and can be used")
  func unsealed() throws {
    try withTemporaryDirectory { directory in
      let (path, _) = try save(in: directory)
      try writeBytes(Array(try readBytes(path).prefix(try payloadSize(path))), to: path)
      #expect(try CheckpointFile(opening: path).seal == .unsealed)
      #expect(try SealCheck(ofHDF5: DiskFile(path)).state == .unsealed)
      #expect(try !SealCheck(ofHDF5: DiskFile(path)).isGood)
      try CheckpointFile(opening: path).loadWeights(into: makeModel(seed: 3))
    }
  }

  @Test("A file with any changed byte counts neither as sealed nor as unsealed")
  func mutants() throws {
    try withTemporaryDirectory { directory in
      let (path, _) = try save(in: directory)
      let bytes = try readBytes(path)
      var random = RandomStream(seed: 5, stream: 0)
      // Every byte of the seal, and a part of the rest.
      let places =
        Array(try payloadSize(path)..<bytes.count)
        + (0..<300).map { _ in random.integer(below: bytes.count) }
      for place in places {
        var mutant = bytes
        mutant[place] ^= 1 << UInt8(random.integer(below: 8))
        try writeBytes(mutant, to: path)
        let check = try? SealCheck(ofHDF5: DiskFile(path))
        #expect(check?.isGood != true, "byte \(place)")
        #expect(check?.state != .unsealed, "byte \(place)")
      }
      for count in stride(from: 1, to: bytes.count, by: 97) {
        try writeBytes(Array(bytes.dropLast(count)), to: path)
        let check = try? SealCheck(ofHDF5: DiskFile(path))
        // Cut off at the end of the HDF5 file it is a file without a seal: that is what others
        // leave.
        let isUnsealed = bytes.count - count == (try payloadSize(bytes))
        #expect(check?.isGood != true)
        #expect((check?.state == .unsealed) == isUnsealed)
      }
    }
  }

  @Test("Only what is read is verified: damage to the optimizer does not matter to the weights")
  func pieces() throws {
    try withTemporaryDirectory { directory in
      let (path, model, optimizer) = try saveLarge(units: 300, inputs: 200, in: directory)
      var bytes = try readBytes(path)
      // The weights come first, 240 kB; the middle of the file is the optimizer's.
      bytes[bytes.count / 2] ^= 1
      try writeBytes(bytes, to: path)
      try CheckpointFile(opening: path).loadWeights(into: model)
      let piece = bytes.count / 2 / 16384
      let error = message { try CheckpointFile(opening: path).restore(model, optimizer) }
      #expect(error.hasPrefix("Cannot read '/optimizer/vars/"))
      #expect(
        error.hasSuffix(
          "damaged: the bytes from \(piece * 16384) to \(piece * 16384 + 16383) do not match the "
            + "seal"
        ), "\(error)")
      #expect(
        try SealCheck(ofHDF5: DiskFile(path)).damagedRanges == [piece * 16384..<(piece + 1) * 16384]
      )
      // Whoever wants to see what is left of it can.
      let file = try CheckpointFile(
        examining: DiskFile(path), named: path, limits: Limits(), ignoresSeal: true)
      #expect(file.seal == .sealed(step: 1))
    }
  }

  // How long it takes is measured by `tools/bench/bench --only load`.
  @Test("Loading weights reads nothing of the optimizer")
  func optimizerUntouched() throws {
    try withTemporaryDirectory { directory in
      let (path, model, optimizer) = try saveLarge(units: 128, inputs: 21632, in: directory)

      // Whoever reads a piece of a sealed file that has changed gets an error.
      var bytes = try readBytes(path)
      do {
        let file = try CheckpointFile(opening: path)
        for slot in 2..<6 {
          let places = try file.file.dataset(at: "optimizer/vars/\(slot)").places()
          for place in places where place.count >= Seal.pieceSize {
            for start in stride(from: place.lowerBound, to: place.upperBound, by: Seal.pieceSize) {
              bytes[start] ^= 1
            }
          }
        }
      }
      try writeBytes(bytes, to: path)
      try CheckpointFile(opening: path).loadWeights(into: model)
      #expect(
        message { try CheckpointFile(opening: path).loadOptimizer(into: optimizer, for: model) }
          .contains("do not match the seal"))
    }
  }

  @Test("A broken seal is an error that says what is wrong")
  func broken() throws {
    try withTemporaryDirectory { directory in
      let (path, _) = try save(in: directory)
      let bytes = try readBytes(path)
      func expect(_ reason: String, _ change: (inout [UInt8]) -> Void) throws {
        var mutant = bytes
        change(&mutant)
        try writeBytes(mutant, to: path)
        #expect(
          message { try CheckpointFile(opening: path) }
            == "Cannot use '\(path)': it is damaged: \(reason)")
      }
      let count = bytes.count
      try expect("its seal is damaged") { $0[count - 1] = 1 }
      try expect("its seal is damaged") { $0[count - 70] ^= 1 }
      try expect("its seal is damaged") { $0[count - 128 - 1] ^= 1 }
      try expect("its seal has the unknown version 2") { $0[count - 120] = 2 }
      try expect(
        "the \(count - 1 - (try payloadSize(bytes))) bytes after its end are not a seal"
      ) {
        $0.removeLast()
      }
      // The end of the file in its header: a length that would hide the seal.
      try expect("its header has changed since it was sealed") { $0[40] ^= 1 }
    }
  }

  private func save(in directory: String) throws -> (path: String, Sequential) {
    let model = makeModel(seed: 1)
    let path = "\(directory)/c.h5"
    try Checkpoint(model: model, state: state(of: model, step: 7)).save(to: path)
    return (path, model)
  }

  private func payloadSize(_ path: String) throws -> Int { try payloadSize(try readBytes(path)) }

  private func payloadSize(_ bytes: [UInt8]) throws -> Int {
    bytes.dropLast(104).suffix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
