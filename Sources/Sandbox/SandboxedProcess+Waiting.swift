internal import Synchronization

extension SandboxedProcess {
  /// A process that waits for its first file.
  private static let new = Mutex<SandboxedProcess?>(nil)
  /// A process that has read a file, and waits.
  private static let used = Mutex<SandboxedProcess?>(nil)

  /// Starts a process that waits for its first file, so that it is ready then.
  ///
  /// Call it while there is one thread, when it is faster.
  package static func prepare() {
    new.withLock { process in
      // An error is reported with the first file.
      if process == nil { process = try? SandboxedProcess() }
    }
  }

  /// A process that has read nothing, for a file that may take it over.
  ///
  /// - Throws: ``SandboxError/notStarted(_:)``.
  package static func forFile() throws(SandboxError) -> SandboxedProcess {
    if let process = new.take() { return process }
    return try SandboxedProcess()
  }

  /// A process for pictures, which may have read something else.
  ///
  /// If a file has taken it over, it can falsify the samples of the pictures, and nothing else.
  ///
  /// - Throws: ``SandboxError/notStarted(_:)``.
  package static func forPictures() throws(SandboxError) -> SandboxedProcess {
    if let process = used.take() ?? new.take() { return process }
    return try SandboxedProcess()
  }

  /// Keeps the process for pictures, instead of ending it, after its file was closed.
  package func keepForPictures() {
    guard !hasEnded, !isLarge else { return }
    Self.used.withLock { $0 = self }
  }
}

extension Mutex<SandboxedProcess?> {
  /// Takes the process, if there is one.
  fileprivate func take() -> SandboxedProcess? {
    withLock { process in
      defer { process = nil }
      return process
    }
  }
}
