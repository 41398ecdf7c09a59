import Glibc

/// An argument that names a file to read; `-` is standard input, which is copied to a temporary file.
public struct InputPath {
  /// Why standard input could not be used.
  public enum Failure: Error, Equatable, CustomStringConvertible {
    /// It has more bytes than are copied.
    case tooLarge
    /// The system refused.
    case system(String)

    /// The error in one sentence.
    public var description: String {
      switch self {
      case .tooLarge: "Cannot read '-': it has more than \(InputPath.maximumByteCount >> 20) MiB"
      case .system(let reason): "Cannot read '-': \(reason)"
      }
    }
  }

  /// The most bytes that are read from standard input: 1 GiB.
  static let maximumByteCount = 1 << 30

  /// The path that can be opened.
  public let path: String

  private let isStandardInput: Bool

  /// Reads standard input to its end if that is what is named.
  ///
  /// - Parameter argument: A path, or `-`.
  /// - Throws: ``Failure`` if standard input cannot be read.
  public init(_ argument: String) throws(Failure) {
    isStandardInput = argument == "-"
    path = isStandardInput ? "/proc/self/fd/\(try Self.copyOfStandardInput())" : argument
  }

  /// Returns a text for the user: standard input is called `-`.
  ///
  /// - Parameter text: A text in which the path may occur.
  /// - Returns: The text with the name that the user gave.
  public func shown(_ text: String) -> String {
    isStandardInput ? text.replacing(path, with: "-") : text
  }

  /// A file without a name that holds the bytes of standard input; it stays open as long as the
  /// process runs.
  private static func copyOfStandardInput() throws(Failure) -> CInt {
    let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var name = Array("\(folder)/cairn-input-XXXXXX".utf8CString)
    let copy = unsafe mkstemp(&name)
    guard copy >= 0 else { throw failure() }
    unsafe Glibc.unlink(&name)
    var total = 0
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe read(STDIN_FILENO, &part, part.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure() }
      guard count > 0 else { return copy }
      total += count
      guard total <= maximumByteCount else { throw .tooLarge }
      guard unsafe write(copy, &part, count) == count else { throw failure() }
    }
  }

  private static func failure() -> Failure { .system(unsafe String(cString: strerror(errno))) }
}
