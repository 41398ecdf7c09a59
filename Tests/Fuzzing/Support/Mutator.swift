import TestSupport

/// Changes inputs at random, in the ways of libFuzzer, but without knowing what they reach.
public struct Mutator {
  private var random: SplitMix

  /// Numbers at the edges of what integers hold.
  private static let edges: [UInt64] = [
    0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF,
    UInt64(Int64.max), 1 << 63, .max,
  ]

  /// Creates a mutator.
  ///
  /// - Parameter seed: The seed of its random numbers.
  public init(seed: UInt64) { random = SplitMix(state: seed) }

  /// Returns one of the inputs, changed in one to four places.
  ///
  /// - Parameter inputs: The inputs, at least one.
  /// - Returns: The changed input.
  public mutating func mutant(of inputs: [[UInt8]]) -> [UInt8] {
    var bytes = inputs[below(inputs.count)]
    for _ in 0...below(4) { change(&bytes, inputs[below(inputs.count)]) }
    return bytes
  }

  private mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &random) }

  private mutating func change(_ bytes: inout [UInt8], _ other: [UInt8]) {
    guard !bytes.isEmpty else { return bytes = other }
    let place = below(bytes.count)
    let length = min(1 + below(16), bytes.count - place)
    switch below(8) {
    case 0: bytes[place] ^= 1 << UInt8(below(8))
    case 1: bytes[place] = UInt8(below(256))
    case 2: bytes.removeSubrange(place..<place + length)
    case 3: bytes.insert(contentsOf: bytes[place..<place + length], at: below(bytes.count + 1))
    case 4: bytes = Array(bytes[..<place])
    case 5:
      let start = below(other.count + 1)
      bytes.replaceSubrange(place..., with: other[start...])
    case 6:
      let start = below(other.count + 1)
      bytes.insert(contentsOf: other[start...].prefix(length), at: place)
    default:
      let edge = Self.edges[below(Self.edges.count)]
      let size = min([1, 2, 4, 8][below(4)], bytes.count - place)
      let isBigEndian = below(2) == 0
      for index in 0..<size {
        let shift = 8 * (isBigEndian ? size - 1 - index : index)
        bytes[place + index] = UInt8(truncatingIfNeeded: edge >> UInt64(shift))
      }
    }
  }
}
