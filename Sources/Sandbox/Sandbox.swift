internal import CSandbox
internal import Synchronization

/// Processes without rights, for what parses files of strangers.
///
/// A sandboxed process can compute and answer its caller, and nothing else: it opens no file, has
/// no network, starts no program, signals nobody, and its memory is bounded. Linux enforces that by
/// seccomp, Landlock and limits of resources. If a file makes a parser crash, the process that
/// asked gets an error.
///
/// ```swift
/// _ = try Image.decode(contentsOf: picture)  // libpng runs in a process without rights
/// for wall in Sandbox.Wall.allCases where Sandbox.walls?.contains(wall) == false {
///   print("this kernel has no \(wall.rawValue)")
/// }
/// ```
public enum Sandbox {
  /// What the kernel has, besides limits of resources, to take rights away from a process.
  public enum Wall: String, CaseIterable, Sendable {
    /// A filter of system calls.
    case seccomp
    /// Rules about files.
    case landlock = "Landlock"
  }

  /// The walls around sandboxed processes; `nil` as long as none has read anything.
  public static var walls: [Wall]? {
    let bits = wallBits.load(ordering: .relaxed)
    guard bits >= 0 else { return nil }
    return Wall.allCases.filter { wall in
      let bit = wall == .seccomp ? csandbox_seccomp : csandbox_landlock
      return UInt32(bits) & bit.rawValue != 0
    }
  }

  private static let wallBits = Atomic(-1)

  /// Notes what a process says about its walls.
  static func note(wallBits bits: Int64) {
    wallBits.store(Int(bits & 3), ordering: .relaxed)
  }

  /// Starts what must be started while the program has one thread.
  ///
  /// Call it at the beginning of a program that reads files when it has several threads. Without
  /// it, a process is forked from several threads, and could wait for ever for a lock.
  ///
  /// - Parameter severalFiles: Whether more than one process will be needed: for each HDF5 file
  ///   one, and for pictures one on each thread. They are then forked from another process. If
  ///   not, a single process is started, which is faster.
  public static func prepare(forSeveralFiles severalFiles: Bool = true) {
    guard severalFiles else { return SandboxedProcess.prepare() }
    // An error is reported with the first file.
    _ = try? SandboxServer.get()
  }
}
