import CSHA256
import Files
import Testing

/// Expected digests are those of Python's hashlib.
@Suite("SHA-256")
struct SHA256Tests {
  /// The length of a message and its digest, that of the bytes `i % 249`.
  private static let digests = [
    (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    (55, "463eb28e72f82e0a96c0a4cc53690c571281131f672aa229e0d45ae59b598b59"),
    (56, "da2ae4d6b36748f2a318f23e7ab1dfdf45acdc9d049bd80e59de82a60895f562"),
    (63, "29af2686fd53374a36b0846694cc342177e428d1647515f078784d69cdb9e488"),
    (64, "fdeab9acf3710362bd2658cdc9a29e8f9c757fcf9811603a8c447cd1d9151108"),
    (119, "da18797ed7c3a777f0847f429724a2d8cd5138e6ed2895c3fa1a6d39d18f7ec6"),
    (120, "f52b23db1fbb6ded89ef42a23ce0c8922c45f25c50b568a93bf1c075420bbb7c"),
    (128, "471fb943aa23c511f6f72f8d1652d9c880cfa392ad80503120547703e56a2be5"),
    (1000, "7baf41ccde975f5933028b85962cb1a0704ac1916c19af155096e257f70157ce"),
    (16384, "85d645133a9aed8077fc5916f298d31432a3004aefcc091fea2d7c74666cd6de"),
  ]

  private static func message(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 % 249) } }

  @Test("Messages have the digests that hashlib computes", arguments: digests)
  func whole(count: Int, digest: String) {
    #expect(hexadecimal(SHA256.digest(of: Self.message(count))) == digest)
  }

  @Test(
    "A message has the same digest in whatever parts it comes", arguments: digests,
    [1, 63, 64, 65, 200])
  func parts(_ expected: (count: Int, digest: String), part: Int) {
    var hash = SHA256()
    for start in stride(from: 0, to: expected.count, by: part) {
      hash.update(Self.message(expected.count)[start..<min(start + part, expected.count)])
    }
    #expect(hexadecimal(hash.digest) == expected.digest)
  }

  @Test("A digest can be asked for before the end")
  func continued() {
    var hash = SHA256()
    hash.update(Self.message(120)[..<55])
    #expect(hash.digest == SHA256.digest(of: Self.message(55)))
    hash.update(Self.message(120)[55...])
    #expect(hash.digest == SHA256.digest(of: Self.message(120)))
  }

  @Test("The instructions for SHA and the portable loop compute the same words")
  func portable() {
    let message = Self.message(640)
    var hash = cairn_sha256()
    unsafe cairn_sha256_begin(&hash)
    let begin = words(of: hash)
    var portable = begin
    unsafe cairn_sha256_portable_blocks(&portable, message, 10)
    unsafe cairn_sha256_update(&hash, message, 640)
    #expect(words(of: hash) == portable)
    #expect(portable != begin)
  }

  private func words(of hash: cairn_sha256) -> [UInt32] {
    unsafe withUnsafeBytes(of: hash.words) { unsafe Array($0.bindMemory(to: UInt32.self)) }
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
