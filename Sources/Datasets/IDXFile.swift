import Files
public import Sandbox

/// An array of unsigned bytes from a file in the IDX format of MNIST.
///
/// The file may be compressed with gzip, which is detected from its first bytes.
///
/// Source of the format: Y. LeCun, C. Cortes, C. Burges, *The MNIST database of handwritten
/// digits*, section "File formats".
///
/// ```swift
/// let file = try IDXFile(path: "\(folder)/t10k-images-idx3-ubyte.gz")
/// print(file.dimensions)  // [10000, 28, 28] for all of MNIST
/// ```
public struct IDXFile: Equatable, Sendable {
  /// The extent of each axis, outermost first; at least one.
  public let dimensions: [Int]

  /// The elements, with the last axis varying fastest.
  public let bytes: [UInt8]

  /// The maximum number of elements: 2³⁰.
  public static let maximumCount = 1 << 30

  /// A function that fills a buffer and returns the number of bytes, which is smaller than the
  /// buffer only at the end.
  typealias Fill = (UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int

  /// Reads a file.
  ///
  /// Memory is allocated for the declared elements only after checking that a file of this size can
  /// contain them.
  ///
  /// - Parameters:
  ///   - path: The file, plain or compressed with gzip.
  ///   - reader: The process that decompresses.
  /// - Throws: ``DatasetError/unreadable(path:reason:)`` if the file cannot be read,
  ///   ``DatasetError/damaged(path:reason:)`` if it is not an IDX file of unsigned bytes, is
  ///   corrupt, or is longer or shorter than its header declares.
  public init(path: String, reader: Reader = .sandboxed) throws(DatasetError) {
    var file = try InputFile(path: path)
    let size = file.count
    if try file.startsWithGzipMagic() {
      let content = try Gunzip(file, reader: reader)
      let possible = ExpansionLimit.data.bytes(compressed: size)
      try unsafe self.init(path: path, possibleCount: possible) {
        (buffer) throws(DatasetError) in try unsafe content.read(into: buffer)
      }
    } else {
      try unsafe self.init(path: path, possibleCount: size) {
        (buffer) throws(DatasetError) in try unsafe file.read(into: buffer)
      }
    }
  }

  /// Reads the extents of the axes, without the elements.
  ///
  /// - Parameters:
  ///   - path: The file, plain or compressed with gzip.
  ///   - reader: The process that decompresses.
  /// - Returns: The extent of each axis, outermost first.
  /// - Throws: ``DatasetError`` as ``init(path:reader:)``.
  static func dimensions(path: String, reader: Reader) throws(DatasetError) -> [Int] {
    var file = try InputFile(path: path)
    guard try file.startsWithGzipMagic() else {
      return try unsafe readHeader(path: path) { (buffer) throws(DatasetError) in
        try unsafe file.read(into: buffer)
      }
    }
    let content = try Gunzip(file, reader: reader)
    return try unsafe readHeader(path: path) { (buffer) throws(DatasetError) in
      try unsafe content.read(into: buffer)
    }
  }

  /// Reads the header, the elements and the end of the content.
  private init(path: String, possibleCount: Int, read: Fill) throws(DatasetError) {
    dimensions = try unsafe Self.readHeader(path: path, read: read)
    let count = try Self.elementCount(dimensions, path: path)
    guard count <= possibleCount else {
      throw .damaged(
        path: path,
        reason: "its header declares \(count) bytes, but it can hold at most \(possibleCount)")
    }
    bytes = try unsafe Self.read(count, with: read)
    guard bytes.count == count else {
      throw .damaged(
        path: path, reason: "its header declares \(count) bytes, but it holds \(bytes.count)")
    }
    // Reading beyond the expected end also makes zlib verify the checksum.
    let excess = try unsafe Self.read(1 << 16, with: read).count
    guard excess == 0 else {
      let found = excess < 1 << 16 ? "\(count + excess)" : "at least \(count + excess)"
      throw .damaged(
        path: path, reason: "its header declares \(count) bytes, but it holds \(found)")
    }
  }

  /// Reads `count` bytes, or fewer at the end of the content.
  private static func read(_ count: Int, with read: Fill) throws(DatasetError) -> [UInt8] {
    try unsafe [UInt8](unsafeUninitializedCapacity: count) {
      (buffer, initializedCount) throws(DatasetError) in
      initializedCount = try unsafe read(UnsafeMutableRawBufferPointer(buffer))
    }
  }

  /// Reads the magic number and the extents that follow it.
  static func readHeader(path: String, read: Fill) throws(DatasetError) -> [Int] {
    let magic = try unsafe Self.read(4, with: read)
    guard magic.count == 4 else {
      throw .damaged(path: path, reason: "it ends within the 4 bytes of its magic number")
    }
    guard magic[0] == 0 && magic[1] == 0 else {
      throw .damaged(
        path: path, reason: "it is not an IDX file: it starts with \(hexadecimal(magic))")
    }
    guard magic[2] == 0x08 else {
      let type = elementTypes[magic[2]] ?? "of the unknown type \(hexadecimal([magic[2]]))"
      throw .damaged(path: path, reason: "its elements are \(type), not unsigned bytes")
    }
    let rank = Int(magic[3])
    guard rank > 0 else {
      throw .damaged(path: path, reason: "its header declares no axes")
    }
    let extents = try unsafe Self.read(4 * rank, with: read)
    guard extents.count == 4 * rank else {
      throw .damaged(path: path, reason: "it ends within the extents of its \(rank) axes")
    }
    return stride(from: 0, to: extents.count, by: 4).map { start in
      Int(bigEndianBytes: extents[start..<start + 4])
    }
  }

  /// Multiplies the extents; throws if there are too many elements.
  static func elementCount(_ dimensions: [Int], path: String) throws(DatasetError) -> Int {
    var count = 1
    for dimension in dimensions {
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      guard !overflow && product <= maximumCount else {
        throw .damaged(
          path: path,
          reason: "its header declares the shape \(dimensions), more than \(maximumCount) bytes")
      }
      count = product
    }
    return count
  }

  /// The element types of IDX that are not supported, by code.
  private static let elementTypes: [UInt8: String] = [
    0x09: "signed bytes", 0x0b: "16-bit integers", 0x0c: "32-bit integers",
    0x0d: "32-bit floats", 0x0e: "64-bit floats",
  ]

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }
}
