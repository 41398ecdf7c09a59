import Synchronization

extension Tensor {
  /// Finds the first element that is NaN or infinite.
  ///
  /// Every element is looked at once, sixteen at a time: the check costs no more than reading the
  /// memory.
  ///
  /// - Returns: The place of the element, counted outermost axis first; nil if all are finite.
  public func firstNonFinite() -> Int? {
    withUnsafePointer { elements in
      let chunks = (count + elementwiseGrain - 1) / elementwiseGrain
      let found = LowestChunk(chunks)
      nonisolated(unsafe) let start = elements
      parallel(over: 0..<count, grain: elementwiseGrain) { first, count in
        if holdsNonFinite(start + first, count) { found.raise(first / elementwiseGrain) }
      }
      guard let chunk = found.first else { return nil }
      return (chunk * elementwiseGrain..<count).first { !elements[$0].isFinite }
    }
  }
}

/// Whether an element has all bits of the exponent set, as NaN and infinity have and no other.
private func holdsNonFinite(_ elements: UnsafePointer<Float>, _ count: Int) -> Bool {
  typealias Bits = SIMD16<UInt32>
  let bits = UnsafeRawPointer(elements)
  // One more in the exponent carries into the sign bit just if all its bits are set.
  var carries = Bits(repeating: 0)
  var index = 0
  while index + 16 <= count {
    let block = bits.loadUnaligned(fromByteOffset: index * 4, as: Bits.self)
    carries |= (block & Bits(repeating: 0x7F80_0000)) &+ Bits(repeating: 0x0080_0000)
    index += 16
  }
  var carry = (0..<16).reduce(UInt32(0)) { $0 | carries[$1] }
  while index < count {
    carry |= (elements[index].bitPattern & 0x7F80_0000) &+ 0x0080_0000
    index += 1
  }
  return carry >> 31 == 1
}

/// The lowest number that any thread has named.
private final class LowestChunk: Sendable {
  private let lowest: Atomic<Int>
  private let none: Int

  init(_ count: Int) {
    none = count
    lowest = Atomic(count)
  }

  var first: Int? {
    let value = lowest.load(ordering: .acquiring)
    return value < none ? value : nil
  }

  func raise(_ chunk: Int) { lowest.min(chunk, ordering: .acquiringAndReleasing) }
}
