import Files
import Glibc

/// A text file with one path on each line; empty lines are ignored.
///
/// Every line is a path: `-` and a beginning `@` have no meaning in it.
final class PathList: InputSource {
  private let name: String
  private let lines: LineReader
  private let descriptor: CInt?
  private var hasFailed = false

  /// Opens a list.
  ///
  /// - Parameter path: The path of the list, or `-` for standard input.
  /// - Throws: ``FileError`` if it cannot be opened.
  init(_ path: String) throws(FileError) {
    name = "@\(path)"
    descriptor = path == "-" ? STDIN_FILENO : nil
    lines = path == "-" ? LineReader(descriptor: STDIN_FILENO) : try LineReader(path)
  }

  var isReady: Bool {
    guard let descriptor, !lines.hasBufferedLine else { return true }
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&request, 1, 0) > 0
  }

  func next() -> InputStep? {
    guard !hasFailed else { return nil }
    do throws(FileError) {
      while let line = try lines.next() {
        if !line.isEmpty { return .path(PathText.text(of: line), isListed: true) }
      }
      return nil
    } catch {
      hasFailed = true
      return .picture(
        PictureInput(name, .missing(.input(path: name, .unreadable("\(error)")))))
    }
  }
}
