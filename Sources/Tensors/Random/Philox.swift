/// The counter-based random number generator Philox 4×32-10.
///
/// A block of four 32-bit words is a pure function of a key and a counter. The random state of a
/// run is therefore a few integers, and the sequence has random access.
///
/// Source: J. Salmon, M. Moraes, R. Dror, D. Shaw: *Parallel Random Numbers: As Easy as 1, 2, 3*,
/// SC '11, section 4.3.
package struct Philox: Sendable {
  /// The seed.
  let seed: UInt64

  /// Creates a generator.
  ///
  /// - Parameter key: The seed; generators with the same key give the same numbers.
  package init(key: UInt64) {
    seed = key
  }

  /// Returns the four random words of a counter.
  ///
  /// - Parameter counter: The index of the block: 128 bits in four words, the lowest first.
  /// - Returns: Four independent, uniformly distributed words.
  package func block(_ counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
    var counter = counter
    var key: SIMD2<UInt32> = [
      UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32),
    ]
    for _ in 0..<10 {
      let first = 0xD251_1F53 * UInt64(counter[0])
      let second = 0xCD9E_8D57 * UInt64(counter[2])
      counter = [
        UInt32(truncatingIfNeeded: second >> 32) ^ counter[1] ^ key[0],
        UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ counter[3] ^ key[1],
        UInt32(truncatingIfNeeded: first),
      ]
      key &+= [0x9E37_79B9, 0xBB67_AE85]
    }
    return counter
  }
}
