public import Glibc

/// The process that holds the lock of a path.
///
/// See ``StoreError`` for an example.
public enum LockHolder: Equatable, Sendable {
  /// A process of this machine.
  case process(pid_t)

  /// A process of another machine, or in a container with another host name.
  case remote(pid_t, host: String)

  /// A process whose ID is unknown.
  case unknown

  /// A process that left a claim file behind, or one on another machine; the name of its machine,
  /// if that is another one.
  case claim(path: String, host: String? = nil)
}

extension LockHolder {
  /// The holder whose line is in a lock file.
  init(_ holder: ProcessOfMachine) {
    self = holder.isHere ? .process(holder.process) : .remote(holder.process, host: holder.host)
  }
}

extension LockHolder: CustomStringConvertible {
  /// The holder, as the subject of a sentence.
  public var description: String {
    switch self {
    case .process(let id): "process \(id)"
    case .remote(let id, let host): "process \(id) on \(host)"
    case .unknown: "another process"
    case .claim(let path, nil):
      "somebody who left '\(path)' (remove it if nobody does, here or on another machine)"
    case .claim(let path, let host?):
      "a process on \(host), which left '\(path)' (remove it if it no longer does),"
    }
  }
}
