// A stand-in for the part of FoundationEssentials that swift-argument-parser uses, for programs
// that are linked statically: all of it would add 5 MB to each of them, and a millisecond to each
// start.
//
// The parser asks whether errors are `LocalizedError`s, and none is here; and it writes JSON for
// `--experimental-dump-help`, which these programs refuse. If it came to use more, the programs
// would not link.

import Glibc

/// The protocol that the parser asks for.
public protocol LocalizedError: Error {
  /// The message of the error.
  var errorDescription: String? { get }
}

/// The bytes that the encoder never makes.
public struct Data {}

/// The encoder, which ends the program with an error.
open class JSONEncoder {
  /// The options that the parser sets.
  public struct OutputFormatting: OptionSet, Sendable {
    /// The bits of the options.
    public let rawValue: UInt

    /// Creates options.
    ///
    /// - Parameter rawValue: The bits.
    public init(rawValue: UInt) { self.rawValue = rawValue }

    /// On several lines.
    public static let prettyPrinted = OutputFormatting(rawValue: 1)
    /// In the order of the keys.
    public static let sortedKeys = OutputFormatting(rawValue: 2)
  }

  /// Ends the program with an error of usage.
  public init() {
    let name = CommandLine.arguments[0].split(separator: "/").last ?? "cairn"
    let message =
      "\(name): error: --experimental-dump-help is only in programs of `swift build`, not in "
      + "installed ones\n"
    _ = message.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    exit(64)
  }
}

extension String {
  /// The encodings that the parser names.
  public struct Encoding: Sendable {
    /// UTF-8.
    public static let utf8 = Encoding()
  }

  /// Fails.
  ///
  /// - Parameters:
  ///   - data: The bytes.
  ///   - encoding: The encoding.
  public init?(data: __shared Data, encoding: Encoding) { return nil }
}
