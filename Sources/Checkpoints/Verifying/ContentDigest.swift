import Crypto
package import HDF5

/// The SHA-256 of a tensor, of its type and shape and of its elements, as checkpoints hold it.
///
/// It is that of a line such as `float32 3x3x1x32` and of the elements, the lower bytes first. Unlike the
/// seal of a file it is part of the file's content, and remains right when the file is packed anew.
package struct ContentDigest {
  private var hash = SHA256()

  /// Begins a digest.
  ///
  /// - Parameters:
  ///   - type: The type of the elements, as numpy calls it.
  ///   - shape: The extents; none for a scalar.
  package init(type: String, shape: [Int]) {
    let extents = shape.map { "\($0)" }.joined(separator: "x")
    hash.update(data: Array("\(type) \(extents)\n".utf8))
  }

  /// Takes elements into account, which follow those before.
  package mutating func add<Element: DatasetElement>(_ elements: [Element]) {
    // Every machine that this is built for keeps the lower bytes first.
    unsafe elements.span.bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
  }

  /// Takes bytes of a file into account as they are, whatever a seal says of them.
  ///
  /// - Parameters:
  ///   - range: The bytes.
  ///   - source: The file.
  /// - Throws: The cause, if they cannot be read.
  package mutating func add(
    _ range: Range<Int>, of source: any FileSource
  ) throws(HDF5Error.Cause) {
    for start in stride(from: range.lowerBound, to: range.upperBound, by: 1 << 20) {
      hash.update(data: try source.bytes(min(1 << 20, range.upperBound - start), at: start))
    }
  }

  /// The digest, 32 bytes.
  package var bytes: [UInt8] { Array(hash.finalize()) }
}

extension CheckpointFile {
  /// The digests of tensors that the file holds.
  ///
  /// - Returns: The digests by the paths of the tensors, such as `/layers/dense/vars/0`; nil if there are
  ///   none.
  /// - Throws: ``CheckpointError`` if they cannot be read, or are not digests.
  package func contentDigests() throws(CheckpointError) -> [String: [UInt8]]? {
    let folder = "/\(KerasLayout.trainingState)/content"
    guard container.form == .file,
      try reading({ () throws(HDF5Error) in try file.contains(folder) })
    else { return nil }
    let (paths, digests) = try reading { () throws(HDF5Error) in
      (
        try file.dataset(at: "\(folder)/paths").readStrings(),
        try file.dataset(at: "\(folder)/sha256").read(as: UInt8.self)
      )
    }
    guard digests.count == 32 * paths.count, Set(paths).count == paths.count else {
      throw .content(
        path: path, object: "\(folder)/sha256",
        problem: "has \(digests.count) bytes for \(paths.count) tensors")
    }
    return Dictionary(
      uniqueKeysWithValues: paths.enumerated().map { index, path in
        ("/\(path)", Array(digests[32 * index..<32 * (index + 1)]))
      })
  }
}
