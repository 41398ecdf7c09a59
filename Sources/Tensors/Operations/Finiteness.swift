import Synchronization
import Threads

extension Tensor {
  /// Finds the first element that is NaN or infinite.
  ///
  /// The check processes sixteen elements at a time and is limited by memory bandwidth.
  ///
  /// - Returns: The index of the element in row-major order; `nil` if all elements are finite.
  public func firstNonFinite() -> Int? {
    let first = Atomic<Int>(count)
    unsafe withUnsafePointer { elements in
      let elements = unsafe Shared(elements)
      parallel(over: 0..<count, grain: 1 << 17) { start, count in
        guard unsafe holdsNonFinite(elements + start, count),
          let index = (start..<start + count).first(where: { unsafe !elements.value[$0].isFinite })
        else { return }
        first.min(index, ordering: .relaxed)
      }
    }
    let index = first.load(ordering: .relaxed)
    return index < count ? index : nil
  }
}

/// Whether any element has all exponent bits set, which is true exactly for NaN and infinity.
package func holdsNonFinite(_ elements: UnsafePointer<Float>, _ count: Int) -> Bool {
  typealias Bits = SIMD16<UInt32>
  let bits = unsafe UnsafeRawPointer(elements)
  // Adding 1 to the exponent carries into the sign bit only if all exponent bits are set.
  var carries = Bits(repeating: 0)
  var index = 0
  while index + 16 <= count {
    let block = unsafe bits.loadUnaligned(fromByteOffset: index * 4, as: Bits.self)
    carries |= (block & Bits(repeating: 0x7F80_0000)) &+ Bits(repeating: 0x0080_0000)
    index += 16
  }
  var carry = (0..<16).reduce(UInt32(0)) { $0 | carries[$1] }
  while index < count {
    unsafe carry |= (elements[index].bitPattern & 0x7F80_0000) &+ 0x0080_0000
    index += 1
  }
  return carry >> 31 == 1
}
