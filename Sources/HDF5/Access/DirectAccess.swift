import Files
import Preconditions

/// Reads a file with libhdf5 in this process.
///
/// A file that makes libhdf5 crash ends the process.
final class DirectAccess: FileAccess, @unchecked Sendable {
  // Invariant of `@unchecked Sendable`: the file is used only with the lock of libhdf5 held.
  private var file: LibraryFile?

  var outline: Outline? { nil }

  /// Opens a file.
  init(_ source: any FileSource, named path: String, limits: Limits) throws(HDF5Error) {
    file = try library.withLock(try LibraryFile(source, named: path, limits: limits))
  }

  deinit { library.withLock { file = nil } }

  private func open() -> LibraryFile {
    guard let file else { fail("Internal error: a file was read after it was closed.") }
    return file
  }

  func ask<Q: Question>(_ question: Q) throws(HDF5Error) -> Q.Answer {
    try library.withLock(try question.answer(open()))
  }

  func read(
    _ elements: ElementsQuestion, into buffer: UnsafeMutableRawBufferPointer
  ) throws(HDF5Error) {
    try library.withLock { () throws(HDF5Error) in
      try unsafe elements.read(open(), into: buffer)
    }
  }

  func close(_ number: Int) { library.withLock { file?.close(number) } }
}
