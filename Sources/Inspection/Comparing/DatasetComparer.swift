import Checkpoints
import HDF5

/// Compares datasets, part by part.
struct DatasetComparer {
  /// Bounds on what is read.
  private enum Limit {
    /// Elements of each dataset in memory at once: 2 MiB of them.
    static let block = 1 << 18
    /// Elements of one dataset; a file of megabytes can declare a thousand times what it stores.
    static let elements = 1 << 32
  }

  /// What is close.
  let tolerance: Tolerance

  /// Compares two datasets of any shape and type.
  ///
  /// - Parameters:
  ///   - a: The dataset of the first file.
  ///   - b: The dataset of the second file.
  /// - Returns: How they compare, and how the elements differ if they can be compared.
  /// - Throws: ``HDF5Error`` if one of them cannot be read.
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
      case .float32:
        try addBlocks(of: a, b, to: &elements) { (dataset, part) throws(HDF5Error) in
          try dataset.part(part, as: Float.self)
        }
      case .float64:
        try addBlocks(of: a, b, to: &elements) { (dataset, part) throws(HDF5Error) in
          try dataset.part(part, as: Double.self)
        }
      case .float16:
        try addBlocks(of: a, b, to: &elements) { (dataset, part) throws(HDF5Error) in
          try dataset.part(part, as: Float.self).map(HalfFloat.init)
        }
      case .bfloat16:
        try addBlocks(of: a, b, to: &elements) { (dataset, part) throws(HDF5Error) in
          try dataset.readBFloat16(slices: part).map(BrainFloat.init)
        }
      case .signed:
        try addBlocks(of: a, b, to: &elements) { (dataset, part) throws(HDF5Error) in
          try dataset.part(part, as: Int64.self)
        }
      case .unsigned:
        try addBlocks(of: a, b, to: &elements) { (dataset, part) throws(HDF5Error) in
          try dataset.part(part, as: UInt64.self)
        }
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

  private func addBlocks<Number: Comparand>(
    of a: borrowing Dataset, _ b: borrowing Dataset, to elements: inout ElementComparison,
    countsSteps: Bool = true, _ read: (borrowing Dataset, [Slice]) throws(HDF5Error) -> [Number]
  ) throws(HDF5Error) {
    guard let count = a.count, count <= Limit.elements else {
      throw HDF5Error(
        operation: .read, file: nil, object: a.path,
        cause: .tooLarge("more than \(Limit.elements) elements"))
    }
    for part in Blocks(of: a.shape, atMost: Limit.block, chunk: a.chunk ?? b.chunk) {
      elements.add(
        try read(a, part), try read(b, part), part: part, tolerance: tolerance,
        countsSteps: countsSteps)
    }
  }

  /// Strings, and bytes without a meaning, are read all together.
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

/// What the elements of a dataset are as numbers.
enum NumberKind {
  case float16, bfloat16, float32, float64, signed, unsigned
  /// No numbers.
  case none

  init(of dataset: borrowing Dataset) throws(HDF5Error) {
    self =
      switch dataset.elementType {
      case .float16: .float16
      case .float32: .float32
      case .float64: .float64
      case .integer(_, signed: true, _), .enumeration: .signed
      case .integer: .unsigned
      // libhdf5 converts it.
      case .bfloat16: .float32
      case .opaque: try StoredVariable.isBFloat16(dataset) ? .bfloat16 : .none
      default: .none
      }
  }
}

extension ElementType {
  /// Whether the elements are of one type, in whichever byte order and form of string.
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
  /// The shape of the chunks; nil if there are none.
  fileprivate var chunk: [Int]? { if case .chunked(let shape) = layout { shape } else { nil } }

  fileprivate func part<Element: DatasetElement>(
    _ slices: [Slice], as type: Element.Type
  ) throws(HDF5Error) -> [Element] {
    shape.isEmpty ? try read(as: type) : try read(as: type, slices: slices)
  }

  /// Reads a part as numbers, of whichever kind they are.
  func numbers(_ slices: [Slice]) throws(HDF5Error) -> [Double] {
    try NumberKind(of: self) == .bfloat16
      ? try readBFloat16(slices: slices).map(Double.init) : try part(slices, as: Double.self)
  }
}
