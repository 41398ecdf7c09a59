import Glibc

/// Reads a file or a pipe line by line, with memory for one line.
package final class LineReader {
  /// The largest number of bytes of a line: 64 KiB.
  package static let maximumByteCount = 1 << 16

  private let file: RegularFile?
  private let descriptor: CInt
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false

  /// Opens a regular file.
  ///
  /// - Parameter path: The path of the file.
  /// - Throws: ``FileError`` if it cannot be opened.
  package init(_ path: String) throws(FileError) {
    let file = try RegularFile(path)
    descriptor = file.descriptor
    self.file = consume file
  }

  /// Reads from an open descriptor, such as standard input, which stays open.
  ///
  /// - Parameter descriptor: The descriptor.
  package init(descriptor: CInt) {
    file = nil
    self.descriptor = descriptor
  }

  /// Whether the next line has been read already.
  package var hasBufferedLine: Bool { isAtEnd || buffer[start...].contains(0x0A) }

  /// Returns the next line.
  ///
  /// - Returns: The bytes without the line break, `\n` or `\r\n`; `nil` at the end.
  /// - Throws: ``FileError/unreadable(_:)`` if the system call fails, or the line is longer than
  ///   ``maximumByteCount``.
  package func next() throws(FileError) -> [UInt8]? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0A) {
        defer { start = end + 1 }
        return Array(buffer[start..<(end > start && buffer[end - 1] == 0x0D ? end - 1 : end)])
      }
      guard !isAtEnd else {
        defer { start = buffer.count }
        return start < buffer.count ? Array(buffer[start...]) : nil
      }
      guard buffer.count - start <= Self.maximumByteCount else {
        throw .unreadable("a line has more than \(Self.maximumByteCount) bytes")
      }
      buffer.removeFirst(start)
      (start, searched) = (0, buffer.count)
      try fill()
    }
  }

  private func fill() throws(FileError) {
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe read(descriptor, &part, part.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .unreadable(systemError()) }
      buffer += part[..<count]
      isAtEnd = count == 0
      return
    }
  }
}
