import Checkpoints
import HDF5
import ModelFiles

/// Compares datasets block by block.
struct DatasetComparer {
  /// The number of elements of each dataset that are read at once: 2 MiB of 64-bit numbers.
  ///
  /// Strings and opaque elements are read all at once, within the limits of reading.
  private static let blockSize = 1 << 18

  /// The tolerance within which numbers are close.
  let tolerance: Tolerance

  /// Compares two datasets of numbers, strings or opaque bytes.
  ///
  /// - Parameters:
  ///   - a: The dataset of the first file.
  ///   - b: The dataset of the second file.
  /// - Returns: The status, and the differences of the elements if they can be compared.
  /// - Throws: ``HDF5Error`` if a dataset cannot be read or has other elements.
  func compare(
    _ a: borrowing Dataset, _ b: borrowing Dataset
  ) throws(HDF5Error) -> (ComparisonStatus, ElementComparison?) {
    guard a.shape == b.shape, a.isNull == b.isNull else { return (.otherShape, nil) }
    let (kindA, kindB) = (try NumberKind(of: a), try NumberKind(of: b))
    let isSameType = kindA == kindB && a.elementType.isSame(as: b.elementType)
    if a.isNull || a.count == 0 { return (isSameType ? .equal : .otherType, nil) }

    var elements = ElementComparison()
    if isSameType {
      switch kindA {
      case .float32: try addBlocks(of: a, b, to: &elements, as: Float.self)
      case .float64: try addBlocks(of: a, b, to: &elements, as: Double.self)
      case .float16:
        try addBlocks(of: a, b, to: &elements) { (dataset, part) throws(HDF5Error) in
          try dataset.part(part, as: Float.self).map(HalfFloat.init)
        }
      case .bfloat16:
        try addBlocks(of: a, b, to: &elements) { (dataset, part) throws(HDF5Error) in
          try dataset.readBFloat16(slices: part).map(BrainFloat.init)
        }
      case .signed: try addBlocks(of: a, b, to: &elements, as: Int64.self)
      case .unsigned: try addBlocks(of: a, b, to: &elements, as: UInt64.self)
      case .none: try addOthers(of: a, b, to: &elements)
      }
    } else if kindA != .none, kindB != .none {
      try addBlocks(of: a, b, to: &elements, countsSteps: false) {
        (dataset, part) throws(HDF5Error) in
        try dataset.numbers(part)
      }
    } else {
      return (.otherType, nil)
    }
    guard isSameType else { return (.otherType, elements) }
    let status: ComparisonStatus =
      elements.differingCount == 0 ? .equal : elements.distantCount == 0 ? .close : .different
    return (status, elements)
  }

  private func addBlocks<Number: Comparand & DatasetElement>(
    of a: borrowing Dataset, _ b: borrowing Dataset, to elements: inout ElementComparison,
    as type: Number.Type
  ) throws(HDF5Error) {
    try addBlocks(of: a, b, to: &elements) { (dataset, part) throws(HDF5Error) in
      try dataset.part(part, as: type)
    }
  }

  private func addBlocks<Number: Comparand>(
    of a: borrowing Dataset, _ b: borrowing Dataset, to elements: inout ElementComparison,
    countsSteps: Bool = true, _ read: (borrowing Dataset, [Slice]) throws(HDF5Error) -> [Number]
  ) throws(HDF5Error) {
    for part in try a.blocks(atMost: DatasetComparer.blockSize, chunk: a.chunk ?? b.chunk) {
      elements.add(
        try read(a, part), try read(b, part), part: part, tolerance: tolerance,
        countsSteps: countsSteps)
    }
  }

  /// Strings and opaque elements can only be read all at once.
  private func addOthers(
    of a: borrowing Dataset, _ b: borrowing Dataset, to elements: inout ElementComparison
  ) throws(HDF5Error) {
    if case .opaque(let size, _) = a.elementType {
      func rows(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        stride(from: 0, to: bytes.count, by: max(size, 1)).map { bytes[$0..<$0 + size] }
      }
      elements.add(rows(try a.readBytes()), rows(try b.readBytes()), shape: a.shape) {
        .bytes(Array($0.prefix(16)))
      }
    } else {
      guard a.elementType.isString else {
        throw HDF5Error(
          operation: .read, file: nil, object: a.path,
          cause: .mismatch(expected: "numbers, strings or bytes", found: "\(a.elementType)"))
      }
      elements.add(try a.readStrings(), try b.readStrings(), shape: a.shape) { .string($0) }
    }
  }
}

extension ElementType {
  /// Whether two element types are the same, apart from byte order and string encoding.
  fileprivate func isSame(as other: ElementType) -> Bool {
    switch (self, other) {
    case (.integer(let bits, let signed, _), .integer(let otherBits, let otherSigned, _)):
      bits == otherBits && signed == otherSigned
    case (.float16, .float16), (.float32, .float32), (.float64, .float64): true
    case (.opaque(let bytes, _), .opaque(let otherBytes, _)): bytes == otherBytes
    default: isString ? other.isString : self == other
    }
  }
}

extension Dataset {
  /// The chunk shape; `nil` if the dataset is not chunked.
  fileprivate var chunk: [Int]? { if case .chunked(let shape) = layout { shape } else { nil } }
}
