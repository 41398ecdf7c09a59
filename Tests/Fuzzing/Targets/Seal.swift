import CheckpointStore
import Files

extension FuzzTarget {
  /// The seal at the end of a checkpoint.
  static let seal = FuzzTarget("seal", maximumSize: 1 << 15) { input in
    check(input)
    // A mutation never repairs a digest.
    let start = input.count - Seal.footerSize
    guard start >= 0 else { return }
    let payload = Int(truncatingIfNeeded: UInt64(littleEndianBytes: input[start + 16..<start + 24]))
    guard (0...start).contains(payload) else { return }
    var hash = SHA256()
    hash.update(input[start..<start + 32])
    hash.update(input[payload..<start])
    check(Array(input[..<(start + 32)]) + hash.digest + input[(start + 64)...])
  }

  private static func check(_ input: [UInt8]) {
    let source = MemorySource(input)
    guard let check = try? SealCheck(of: source) else { return }
    for range in check.damagedRanges {
      expect(range.upperBound <= input.count, "damage outside of the file")
    }
    guard case .sealed(let seal)? = try? Seal.find(in: source) else { return }
    let file = SealedFile(source, seal)
    let isGood = (try? file.bytes(file.size, at: 0)) != nil
    expect(isGood == check.isGood, "two ways to verify disagree")
    _ = try? file.bytes(100, at: file.size / 2)
  }
}
