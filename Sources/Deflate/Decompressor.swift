package import Sandbox
internal import Synchronization

/// Decompresses the compressed ranges of one file, in one sandboxed process or in this process.
///
/// The sandboxed process is started for the first range.
package final class Decompressor: Sendable {
  /// What the file contains, which decides which process may read it.
  package enum Content: Sendable {
    /// A model or weights: a process that has read no other file.
    case model
    /// Pictures or labels: also a process that has read a model; see
    /// ``SandboxedProcess/forPictures()``.
    case pictures
  }

  private let content: Content
  private let reader: Reader
  private let process = Mutex<SandboxedProcess?>(nil)

  /// Creates a decompressor, which starts nothing yet.
  ///
  /// - Parameters:
  ///   - content: What the file contains.
  ///   - reader: The process that decompresses.
  package init(_ content: Content, reader: Reader) {
    (self.content, self.reader) = (content, reader)
  }

  deinit { if content == .pictures { takeProcess()?.keepForPictures() } }

  /// Begins to decompress a range.
  ///
  /// - Parameter range: The compressed data. The ranges before it are no longer decompressed.
  /// - Returns: The decompressed bytes.
  /// - Throws: ``InflationError/notStarted(_:)``.
  package func stream(_ range: CompressedRange) throws(InflationError) -> InflatedStream {
    guard reader == .sandboxed else { return try InflatedStream(range) }
    do throws(SandboxError) {
      let process = try process.withLock { process throws(SandboxError) in
        if let process { return process }
        let new =
          switch content {
          case .model: try SandboxedProcess.forFile()
          case .pictures: try SandboxedProcess.forPictures()
          }
        process = new
        return new
      }
      return InflatedStream(range, in: process)
    } catch {
      throw InflationError(error)
    }
  }

  /// Takes the process, so that something else can read what it decompressed.
  ///
  /// - Returns: The process; `nil` if nothing was decompressed.
  package func takeProcess() -> SandboxedProcess? {
    process.withLock { process in
      defer { process = nil }
      return process
    }
  }
}
