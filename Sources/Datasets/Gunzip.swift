import Deflate
import Files
import Sandbox

/// A gzip file, decompressed incrementally.
///
/// Consecutive members are concatenated, as by `gunzip`. Other data after a member is an error.
struct Gunzip: ~Copyable {
  private let file: InputFile
  private let decompressor: Decompressor
  private let stream: InflatedStream

  init(_ file: consuming InputFile, reader: Reader) throws(DatasetError) {
    decompressor = Decompressor(.pictures, reader: reader)
    do throws(InflationError) {
      stream = try decompressor.stream(CompressedRange(.gzip, start: 0, count: file.count))
    } catch {
      throw Gunzip.error(error, file.path)
    }
    self.file = file
  }

  /// Reads until `output` is full or the content ends, and returns the number of bytes read.
  func read(into output: UnsafeMutableRawBufferPointer) throws(DatasetError) -> Int {
    do throws(InflationError) {
      return try unsafe stream.fill(output) { buffer, offset in
        unsafe file.reason(notToFill: buffer, from: offset)
      }
    } catch {
      throw Gunzip.error(error, file.path)
    }
  }

  private static func error(_ error: InflationError, _ path: String) -> DatasetError {
    switch error {
    case .damaged(let reason):
      .damaged(path: path, reason: "its gzip data is damaged: \(reason)")
    case .truncated: .damaged(path: path, reason: "its gzip data ends too early")
    case .excess: .damaged(path: path, reason: "something else follows its gzip data")
    case .unreadable(let reason), .notStarted(let reason):
      .unreadable(path: path, reason: reason)
    }
  }
}
