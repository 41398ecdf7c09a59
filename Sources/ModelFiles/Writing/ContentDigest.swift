package import CheckpointStore
public import Files
public import HDF5

/// The digest of a tensor in a checkpoint, computed from its type, shape and elements.
///
/// It is the SHA-256 of a line such as `float32 3x3x1x32` and a line feed, followed by the SHA-256
/// of each 16 KiB of the little-endian elements. Unlike the seal of a file it is part of the HDF5
/// content, and remains valid when the file is repacked. If a tensor starts at the boundary of a
/// piece of the seal, both use the same digests of pieces, which are computed only once.
///
/// ```swift
/// var digest = ContentDigest(type: "float32", shape: [2])
/// digest.add([Float(1), 2])
/// print(digest.bytes.count)  // 32: the SHA-256 of type, shape and elements
/// ```
public struct ContentDigest {
  private var hash = SHA256()
  /// The bytes since the last complete piece.
  private var rest: [UInt8] = []

  private static let pieceSize = Seal.pieceSize

  /// Creates a digest.
  ///
  /// - Parameters:
  ///   - type: The NumPy name of the element type, such as `float32`.
  ///   - shape: The extents; empty for a scalar.
  public init(type: String, shape: [Int]) {
    self.init(heading: "\(type) \(shape.map { "\($0)" }.joined(separator: "x"))")
  }

  /// Creates a digest.
  ///
  /// - Parameter heading: The type and shape, such as `float32 3x3x1x32`.
  package init(heading: String) {
    hash.update(Array("\(heading)\n".utf8))
  }

  /// Adds the next elements, in row-major order.
  ///
  /// - Parameter elements: The elements, of the type and within the shape of the tensor.
  public mutating func add<Element: DatasetElement>(_ elements: [Element]) {
    // All supported machines are little-endian.
    unsafe elements.span.bytes.withUnsafeBytes { unsafe add($0) }
  }

  /// Adds bytes of a file, without using the digests of its seal.
  ///
  /// - Parameters:
  ///   - range: The bytes.
  ///   - source: The file.
  /// - Throws: `FileError` if they cannot be read.
  public mutating func add(
    _ range: Range<Int>, of source: any FileSource
  ) throws(FileError) {
    for start in stride(from: range.lowerBound, to: range.upperBound, by: 1 << 20) {
      let bytes = try source.bytes(min(1 << 20, range.upperBound - start), at: start)
      unsafe bytes.withUnsafeBytes { unsafe add($0) }
    }
  }

  /// Adds all elements of a tensor in a sealed file.
  ///
  /// - Parameters:
  ///   - range: The range of the elements in the file.
  ///   - file: The bytes of the file.
  ///   - seal: Its seal.
  package mutating func add(
    _ range: Range<Int>, of file: UnsafeRawBufferPointer, _ seal: Seal
  ) {
    var known = range.lowerBound..<range.lowerBound
    if range.lowerBound % seal.pieceSize == 0, seal.pieceSize == ContentDigest.pieceSize {
      let pieces = range.lowerBound / seal.pieceSize..<range.upperBound / seal.pieceSize
      hash.update(seal.digests[seal.digestRange(ofPieces: pieces)])
      known = range.lowerBound..<pieces.upperBound * seal.pieceSize
    }
    unsafe add(UnsafeRawBufferPointer(rebasing: file[known.upperBound..<range.upperBound]))
  }

  private mutating func add(_ bytes: UnsafeRawBufferPointer) {
    var bytes = unsafe bytes[...]
    if !rest.isEmpty {
      let missing = unsafe bytes.prefix(ContentDigest.pieceSize - rest.count)
      unsafe rest.append(contentsOf: missing)
      unsafe bytes = bytes.dropFirst(missing.count)
      guard rest.count == ContentDigest.pieceSize else { return }
      unsafe rest.withUnsafeBytes { unsafe addPieces($0) }
      rest.removeAll(keepingCapacity: true)
    }
    let whole = unsafe bytes.count - bytes.count % ContentDigest.pieceSize
    unsafe addPieces(UnsafeRawBufferPointer(rebasing: bytes.prefix(whole)))
    unsafe rest.append(contentsOf: bytes.dropFirst(whole))
  }

  private mutating func addPieces(_ bytes: UnsafeRawBufferPointer) {
    hash.update(unsafe PieceDigests.of(bytes, pieceSize: ContentDigest.pieceSize))
  }

  /// The digest of all elements so far, 32 bytes.
  public var bytes: [UInt8] {
    var all = self
    unsafe rest.withUnsafeBytes { unsafe all.addPieces($0) }
    return all.hash.digest
  }
}

extension CheckpointFile {
  /// Reads the digests of the tensors that were saved with them.
  ///
  /// ``ContentDigest`` computes the digest of a tensor, for comparison.
  ///
  /// - Returns: The digests, each of 32 bytes, by the paths of the tensors, such as
  ///   `/layers/dense/vars/0`; `nil` if the file contains none. Only the checkpoints of runs do.
  /// - Throws: ``CheckpointError`` if they cannot be read or are invalid.
  public func contentDigests() throws(CheckpointError) -> [String: [UInt8]]? {
    guard container.format == .hdf5,
      try converting({ () throws(HDF5Error) in try file.contains(KerasLayout.contentDigests) })
    else { return nil }
    let (paths, digests) = try converting { () throws(HDF5Error) in
      (
        try file.dataset(at: KerasLayout.contentPaths).readStrings(),
        try file.dataset(at: KerasLayout.contentDigests).read(as: UInt8.self)
      )
    }
    guard digests.count == 32 * paths.count, Set(paths).count == paths.count else {
      throw .content(
        path: path, object: "/\(KerasLayout.contentDigests)",
        problem: "has \(digests.count) bytes for \(paths.count) tensors")
    }
    return Dictionary(
      uniqueKeysWithValues: paths.enumerated().map { index, path in
        ("/\(path)", Array(digests[32 * index..<32 * (index + 1)]))
      })
  }
}
