import Files
import Glibc

/// A process with its machine, as a lock file or a claim contains it, in one line: the process ID,
/// the boot ID, which identifies a machine since its last start, and the host name.
///
/// ```text
/// 4711 3f0c2a52-8d2e-4d0b-9a53-0c4f6f0b8d11 node7
/// ```
///
/// Containers have host names of their own, and processes of their own, on one machine.
struct ProcessOfMachine: Equatable {
  let process: pid_t
  let boot: String
  let host: String

  /// This process.
  static var current: ProcessOfMachine {
    ProcessOfMachine(
      process: getpid(), boot: text(of: "/proc/sys/kernel/random/boot_id"),
      host: text(of: "/proc/sys/kernel/hostname"))
  }

  private init(process: pid_t, boot: String, host: String) {
    (self.process, self.boot, self.host) = (process, boot, host)
  }

  /// Reads a line, which somebody else may have written; `nil` if it is not that of a process.
  ///
  /// - Parameter line: The line.
  init?(_ line: String) {
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, let process = pid_t(words[0]), process > 0,
      words[2].unicodeScalars.allSatisfy({ (0x21...0x7E).contains($0.value) })
    else { return nil }
    self.init(process: process, boot: String(words[1]), host: String(words[2]))
  }

  /// The line in a file.
  var line: String { "\(process) \(boot) \(host)" }

  /// Whether the process is one of this machine, and of this container.
  var isHere: Bool {
    let current = Self.current
    return boot == current.boot && host == current.host
  }

  /// The first line of a file, up to 256 bytes; empty if the file cannot be read.
  static func text(of path: String) -> String {
    let bytes = (try? RegularFile(path).bytes(256, at: 0)) ?? []
    return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
  }
}
