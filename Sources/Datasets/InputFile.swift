import Files

/// A regular file that is read from its beginning to its end.
struct InputFile: ~Copyable {
  let path: String

  /// The number of bytes when the file was opened.
  var count: Int { file.size }

  private let file: RegularFile
  private var position = 0

  init(path: String) throws(DatasetError) {
    do throws(FileError) { file = try RegularFile(path) } catch {
      throw .unreadable(path: path, reason: "\(error)")
    }
    self.path = path
  }

  /// Reads until `buffer` is full or the file ends, and returns the number of bytes read.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
    do throws(FileError) {
      let count = try unsafe file.read(into: buffer, at: position)
      position += count
      return count
    } catch {
      throw .unreadable(path: path, reason: "\(error)")
    }
  }

  /// Fills a buffer from an offset; does not change the read position.
  ///
  /// - Returns: The reason why it cannot be filled, or `nil`.
  func reason(notToFill buffer: UnsafeMutableRawBufferPointer, from offset: Int) -> String? {
    do throws(FileError) {
      let count = try unsafe file.read(into: buffer, at: offset)
      return count == buffer.count ? nil : "it was truncated while it was read"
    } catch {
      return "\(error)"
    }
  }

  /// Whether the file starts with the magic number of gzip; does not change the read position.
  func startsWithGzipMagic() throws(DatasetError) -> Bool {
    do throws(FileError) {
      return try file.bytes(FileFormat.gzip.count, at: 0) == FileFormat.gzip
    } catch {
      throw .unreadable(path: path, reason: "\(error)")
    }
  }
}
