import Checkpoints
import HDF5
import ModelFiles

/// A single pass over a dataset, which computes its digest and finds values that are not finite.
struct DatasetPass {
  /// The maximum number of elements in memory at once, which take 2 MiB.
  private static let block = 1 << 18

  /// The digest of type, shape and elements; `nil` for types without a digest.
  private(set) var digest: [UInt8]?

  private(set) var nanCount = 0
  private(set) var infinityCount = 0

  /// The index of the first element that is not finite.
  private(set) var firstNonFinite: [Int]?

  /// Reads the whole dataset.
  ///
  /// - Throws: ``HDF5Error`` if it cannot be read.
  init(_ dataset: borrowing Dataset) throws(HDF5Error) {
    guard !dataset.isNull, dataset.count != 0 else { return }
    switch dataset.elementType {
    case .float32: try readNumbers(of: dataset, as: Float.self) { Double($0) }
    case .float16, .bfloat16:
      try readNumbers(of: dataset, as: Float.self, makesDigest: false) { Double($0) }
    case .float64: try readNumbers(of: dataset, as: Double.self) { $0 }
    case .integer(let bits, signed: true, _):
      try readNumbers(of: dataset, as: Int64.self, makesDigest: bits == 64) { _ in 0 }
    case .integer(let bits, signed: false, _):
      try readNumbers(of: dataset, as: UInt64.self, makesDigest: bits == 64) { _ in 0 }
    case .enumeration: try readNumbers(of: dataset, as: Int64.self, makesDigest: false) { _ in 0 }
    case .fixedString, .variableString: _ = try dataset.readStrings()
    default:
      let isBFloat16 = try dataset.isMarkedBFloat16
      for part in Blocks(of: dataset.shape, atMost: DatasetPass.block) {
        guard isBFloat16 else {
          // Only to check that they can be read.
          _ = dataset.shape.isEmpty ? try dataset.readBytes() : try dataset.readBytes(slices: part)
          continue
        }
        for (offset, number) in try dataset.readBFloat16(slices: part).enumerated() {
          check(Double(number), at: offset, of: part)
        }
      }
    }
  }

  /// Records a number that is not finite.
  private mutating func check(_ number: Double, at offset: Int, of part: [Slice]) {
    guard !number.isFinite else { return }
    if number.isNaN { nanCount += 1 } else { infinityCount += 1 }
    if firstNonFinite == nil { firstNonFinite = part.index(ofElement: offset) }
  }

  private mutating func readNumbers<Number: DatasetElement>(
    of dataset: borrowing Dataset, as type: Number.Type, makesDigest: Bool = true,
    _ value: (Number) -> Double
  ) throws(HDF5Error) {
    var digest = ContentDigest(type: "\(Number.elementType)", shape: dataset.shape)
    // In row-major order for any chunk shape, as the digest requires.
    for part in try dataset.blocks(atMost: DatasetPass.block) {
      let elements = try dataset.part(part, as: type)
      if makesDigest { digest.add(elements) }
      for (offset, element) in elements.enumerated() {
        check(value(element), at: offset, of: part)
      }
    }
    if makesDigest { self.digest = digest.bytes }
  }
}
