/// Processes without rights, for what parses files of strangers.
///
/// A sandboxed process can compute and answer its caller, and nothing else: it opens no file, has
/// no network, starts no program, signals nobody, and its memory is bounded. Linux enforces that by
/// seccomp, Landlock and limits of resources. If a file makes a parser crash, the process that
/// asked gets an error.
public enum Sandbox {
  /// Starts the process from which sandboxed processes are forked once the program has several
  /// threads.
  ///
  /// Call it at the beginning of a program that reads files when it has several threads. Without
  /// it, that process is forked from several threads, and could wait for ever for a lock.
  public static func prepare() {
    // An error is reported with the first file.
    _ = try? SandboxServer.get()
  }
}
