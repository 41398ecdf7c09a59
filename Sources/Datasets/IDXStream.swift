import Files
package import Sandbox

/// The elements of an IDX file along its first axis, read one after another: images or labels.
///
/// The file may be compressed with gzip. A million images take no more memory than one.
package final class IDXStream {
  /// The path of the file.
  package let path: String

  /// The extent of each axis, outermost first; at least one.
  package let dimensions: [Int]

  /// The number of elements.
  package var count: Int { dimensions[0] }

  /// The number of bytes of an element.
  package let stride: Int

  private var plain: InputFile?
  private var compressed: Gunzip?
  private var index = 0
  private var buffer: [UInt8] = []
  private var start = 0

  /// Opens a file and reads its header.
  ///
  /// - Parameters:
  ///   - path: The file, plain or compressed with gzip.
  ///   - reader: The process that decompresses.
  /// - Throws: ``DatasetError`` as ``IDXFile/init(path:reader:)``, except for what only the end of
  ///   a compressed file tells.
  package init(path: String, reader: Reader = .sandboxed) throws(DatasetError) {
    self.path = path
    let file = try InputFile(path: path)
    let size = file.count
    let isCompressed = try file.startsWithGzipMagic()
    if isCompressed {
      let content = try Gunzip(file, reader: reader)
      dimensions = try unsafe IDXFile.readHeader(path: path) { (buffer) throws(DatasetError) in
        try unsafe content.read(into: buffer)
      }
      compressed = consume content
    } else {
      var content = file
      dimensions = try unsafe IDXFile.readHeader(path: path) { (buffer) throws(DatasetError) in
        try unsafe content.read(into: buffer)
      }
      plain = consume content
    }
    let total = try IDXFile.elementCount(dimensions, path: path)
    let held = size - 4 - 4 * dimensions.count
    guard isCompressed || total == held else {
      throw .damaged(path: path, reason: "its header declares \(total) bytes, but it holds \(held)")
    }
    let limit = ExpansionLimit.data.bytes(compressed: size)
    guard !isCompressed || total <= limit else {
      throw .damaged(
        path: path,
        reason: "its header declares \(total) bytes, but it can hold at most \(limit)")
    }
    // If there are no elements, their size can be anything.
    stride = total == 0 ? 0 : total / dimensions[0]
  }

  /// Returns the bytes of the next element.
  ///
  /// - Returns: The bytes; `nil` at the end.
  /// - Throws: ``DatasetError`` if the file is damaged or cannot be read; then the next call
  ///   returns `nil`.
  package func next() throws(DatasetError) -> [UInt8]? {
    guard index < count else {
      guard index == count else { return nil }
      index += 1
      // Reading beyond the expected end also makes zlib verify the checksum.
      guard try fill(1) == 0 else {
        throw .damaged(
          path: path, reason: "it holds more than the \(count * stride) bytes of its header")
      }
      return nil
    }
    index += 1
    if buffer.count - start < stride {
      do throws(DatasetError) {
        let wanted = max(1, min(count - index + 1, (1 << 16) / max(1, stride))) * stride
        guard try fill(wanted) == wanted else {
          throw .damaged(
            path: path,
            reason: "its header declares \(count * stride) bytes, but it holds "
              + "\((index - 1) * stride + buffer.count)")
        }
      } catch {
        index = .max
        throw error
      }
    }
    defer { start += stride }
    return Array(buffer[start..<start + stride])
  }

  /// Replaces the buffer by the next bytes, and returns their number.
  private func fill(_ wanted: Int) throws(DatasetError) -> Int {
    start = 0
    buffer = try unsafe [UInt8](unsafeUninitializedCapacity: wanted) {
      (part, filled) throws(DatasetError) in
      let part = unsafe UnsafeMutableRawBufferPointer(
        UnsafeMutableBufferPointer(rebasing: part[..<wanted]))
      if let count = try unsafe compressed?.read(into: part) {
        filled = count
      } else {
        filled = try unsafe plain?.read(into: part) ?? 0
      }
    }
    return buffer.count
  }
}

extension IDXFile {
  /// Whether the first bytes of a file are those of an IDX file, plain or compressed with gzip.
  ///
  /// - Parameter path: The path of the file.
  /// - Returns: `false` also if the file cannot be read.
  package static func isAt(_ path: String) -> Bool {
    guard let file = try? RegularFile(path), let head = try? file.bytes(4, at: 0) else {
      return false
    }
    return head.starts(with: [0, 0, 8]) || head.starts(with: FileFormat.gzip)
  }
}
