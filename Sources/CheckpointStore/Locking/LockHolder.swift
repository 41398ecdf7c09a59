public import Glibc

/// The process that holds the lock of a path.
public enum LockHolder: Equatable, Sendable {
  /// A process of this machine.
  case process(pid_t)

  /// A process whose ID is unknown.
  case unknown

  /// A process that left a claim file behind, or one on another machine.
  case claim(path: String)
}

extension LockHolder: CustomStringConvertible {
  /// The holder, as the subject of a sentence.
  public var description: String {
    switch self {
    case .process(let id): "process \(id)"
    case .unknown: "another process"
    case .claim(let path):
      "somebody who left '\(path)' (remove it if nobody does, here or on another machine)"
    }
  }
}
