import Files
import Glibc

/// The path of an input file; `-` means standard input, which is copied to a temporary file.
public struct InputPath {
  /// An error while reading standard input.
  public enum Failure: Error, Equatable, CustomStringConvertible {
    /// Standard input exceeds the maximum size.
    case tooLarge
    /// A system call failed, with the system's message.
    case system(String)

    /// The error in one sentence.
    public var description: String {
      switch self {
      case .tooLarge: "Cannot read '-': it has more than \(InputPath.maximumByteCount >> 20) MiB"
      case .system(let reason): "Cannot read '-': \(reason)"
      }
    }
  }

  /// The maximum size of standard input: 1 GiB.
  static let maximumByteCount = 1 << 30

  /// The path to open.
  public let path: String

  private let isStandardInput: Bool

  /// Creates an input path, reading standard input to its end if the argument is `-`.
  ///
  /// - Parameter argument: A path, or `-`.
  /// - Throws: ``Failure`` if standard input cannot be read.
  public init(_ argument: String) throws(Failure) {
    isStandardInput = argument == "-"
    path = isStandardInput ? "/proc/self/fd/\(try Self.copyOfStandardInput())" : argument
  }

  /// Returns a message with the path replaced by the user's argument.
  ///
  /// - Parameter text: A message that may contain the path.
  /// - Returns: The message with `-` for standard input.
  public func shown(_ text: String) -> String {
    isStandardInput ? text.replacing(path, with: "-") : text
  }

  /// Copies standard input to an unlinked temporary file, which stays open until the process exits.
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

  private static func failure() -> Failure { .system(systemError()) }
}
