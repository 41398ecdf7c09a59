import Files

/// A zip archive that is open for reading at any position.
struct ArchiveFile: ~Copyable {
  /// The size in bytes when the file was opened.
  var size: Int { file.size }

  private let file: RegularFile

  init(path: String) throws(ZipError.Cause) {
    do throws(FileError) { file = try RegularFile(path) } catch { throw ZipError.Cause(error) }
  }

  /// Duplicates the descriptor of an open file.
  init(duplicating descriptor: CInt) throws(ZipError.Cause) {
    do throws(FileError) { file = try RegularFile(duplicating: descriptor) } catch {
      throw ZipError.Cause(error)
    }
  }

  /// Reads bytes until `buffer` is full.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(ZipError.Cause) {
    let count: Int
    do throws(FileError) { count = try unsafe file.read(into: buffer, at: offset) } catch {
      throw ZipError.Cause(error)
    }
    guard count == buffer.count else { throw .damaged("the file is truncated") }
  }

  /// Reads a range of bytes.
  func bytes(_ range: Range<Int>) throws(ZipError.Cause) -> [UInt8] {
    guard range.lowerBound >= 0, range.upperBound <= size else {
      throw .damaged("a record lies outside of the file")
    }
    let bytes: [UInt8]
    do throws(FileError) { bytes = try file.bytes(range.count, at: range.lowerBound) } catch {
      throw ZipError.Cause(error)
    }
    guard bytes.count == range.count else { throw .damaged("the file is truncated") }
    return bytes
  }
}

extension ZipError.Cause {
  fileprivate init(_ error: FileError) {
    switch error {
    case .notFound(let reason): self = .fileNotFound(reason)
    case .unreadable(let reason): self = .fileUnreadable(reason)
    case .truncated, .damaged: self = .fileUnreadable("\(error)")
    }
  }
}
