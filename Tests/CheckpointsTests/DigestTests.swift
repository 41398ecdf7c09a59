import CSHA256
import CheckpointStore
import Checkpoints
import Files
import HDF5
import ModelFiles
import NeuralNetwork
import Tensors
import TestSupport
import Testing

/// Expected digests are those of `tools/fixtures/seal.py`.
@Suite("Digests of pieces and of tensors")
struct DigestTests {
  /// Whether the processor has SHA instructions, as the system tells.
  private static let hasInstructions: Bool = {
    let processors = (try? readText("/proc/cpuinfo")) ?? ""
    return processors.split(separator: "\n").contains {
      $0.hasPrefix("flags") && $0.split(separator: " ").contains("sha_ni")
    }
  }()

  @Test(
    "Pieces have the same digests side by side as one after the other",
    arguments: [0, 64, 192, 16384], 0..<10)
  func pieces(size: Int, count: Int) {
    let bytes = (0..<count * size).map { UInt8($0 % 249) }
    var digests = [UInt8](repeating: 0, count: 32 * count)
    let done = unsafe bytes.withUnsafeBytes { bytes in
      unsafe bytes.baseAddress.map { unsafe cairn_sha256_pieces($0, size, count, &digests) } ?? 0
    }
    if size > 0 { #expect(done == (Self.hasInstructions ? count - count % 4 : 0)) }
    for piece in 0..<done {
      let expected = SHA256.digest(of: bytes[piece * size..<(piece + 1) * size])
      #expect(digests[piece * 32..<(piece + 1) * 32].elementsEqual(expected), "piece \(piece)")
    }
    // What is not done is not touched.
    #expect(digests[(done * 32)...].allSatisfy { $0 == 0 })
  }

  @Test("Pieces that are not whole blocks are left to the general implementation")
  func noBlocks() {
    let bytes = [UInt8](repeating: 1, count: 800)
    var digests = [UInt8](repeating: 0, count: 32 * 8)
    #expect(unsafe cairn_sha256_pieces(bytes, 100, 8, &digests) == 0)
  }

  @Test("Nine pieces, on one thread and on two, have the digests that hashlib computes")
  func hashlib() {
    let bytes = (0..<9 * 192).map { UInt8($0 % 249) }
    let expected = "c3396ef9d2315150deed413835b777134c33078181e92c578c4aac6e80447795"
    unsafe bytes.withUnsafeBytes { bytes in
      #expect(hex(SHA256.digest(of: unsafe PieceDigests.of(bytes, pieceSize: 192))) == expected)
      #expect(hex(SHA256.digest(of: unsafe PieceDigests.ofMany(bytes, pieceSize: 192))) == expected)
    }
  }

  @Test("A shorter last piece counts, and there may be no pieces at all")
  func edges() {
    for count in [0, 1, 63, 64, 65, 1000, 1023, 1024] {
      let bytes = (0..<count).map { UInt8($0 % 255) }
      let expected = stride(from: 0, to: count, by: 64).flatMap {
        SHA256.digest(of: bytes[$0..<min($0 + 64, count)])
      }
      unsafe bytes.withUnsafeBytes { bytes in
        #expect(unsafe PieceDigests.of(bytes, pieceSize: 64) == expected)
        #expect(unsafe PieceDigests.ofMany(bytes, pieceSize: 64) == expected)
      }
    }
  }

  @Test("A tensor has the digest that hashlib computes, in whatever parts it comes")
  func content() {
    let elements = (0..<10_000).map(Float.init)
    for part in [1, 7, 4095, 4096, 4097, 9000, 10_000] {
      var digest = ContentDigest(type: "float32", shape: [100, 100])
      for start in stride(from: 0, to: elements.count, by: part) {
        digest.add(Array(elements[start..<min(start + part, elements.count)]))
      }
      #expect(
        hex(digest.bytes) == "d90df0ea3e82bde136c1d93c958c2cc82c529032435ff00ec351fdff51c0be72",
        "in parts of \(part)")
    }
    var scalar = ContentDigest(type: "int64", shape: [])
    scalar.add([Int64(7)])
    #expect(
      hex(scalar.bytes) == "984ec343f65326d1a18bbc525a936fd951c05689e93cfbfff3f56791767b5dd6")
  }

  @Test(
    "A tensor in a sealed file has the same digest, wherever it begins",
    arguments: [0, 1, 16383, 16384, 32768, 32769])
  func contentInFile(offset: Int) {
    let elements = (0..<10_000).map(Float.init)
    let bytes =
      unsafe [UInt8](repeating: 3, count: offset) + elements.withUnsafeBytes { unsafe Array($0) }
      + [UInt8](repeating: 5, count: 20_000)
    unsafe bytes.withUnsafeBytes { bytes in
      let seal = unsafe Seal(of: bytes, step: nil)
      var digest = ContentDigest(heading: "float32 100x100")
      unsafe digest.add(offset..<offset + 40_000, of: bytes, seal)
      #expect(
        hex(digest.bytes) == "d90df0ea3e82bde136c1d93c958c2cc82c529032435ff00ec351fdff51c0be72")
    }
  }

  @Test("Large tensors begin where pieces of the seal begin")
  func alignment() throws {
    try withTemporaryDirectory { directory in
      let file = try CheckpointFile(
        opening: try saveLarge(units: 100, inputs: 50, in: directory).path)
      for tensor in ["layers/dense/vars/0", "optimizer/vars/2", "optimizer/vars/3"] {
        let places = try file.file.dataset(at: tensor).places()
        #expect(places.count == 1)
        #expect(places.first.map { $0.count == 20_000 && $0.lowerBound % 16384 == 0 } == true)
      }
    }
  }

  @Test("A change after sealing is reflected in the updated seal")
  func update() {
    var bytes = (0..<70_000).map { UInt8($0 % 251) }
    var seal = unsafe bytes.withUnsafeBytes { unsafe Seal(of: $0, step: 1) }
    for index in 16_380..<16_390 { bytes[index] ^= 255 }
    bytes[69_999] ^= 255
    unsafe bytes.withUnsafeBytes { bytes in
      unsafe seal.update(16_380..<16_390, of: bytes)
      #expect(unsafe seal != Seal(of: bytes, step: 1))
      unsafe seal.update(69_999..<70_000, of: bytes)
      #expect(unsafe seal == Seal(of: bytes, step: 1))
    }
  }
}

/// Bytes in hexadecimal.
func hex(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { byte in
    let digits = String(byte, radix: 16)
    return digits.count == 1 ? "0\(digits)" : digits
  }.joined()
}
