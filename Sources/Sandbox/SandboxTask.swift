/// What a process that becomes sandboxed gets.
struct SandboxTask {
  /// The descriptors of the socket and of the window.
  var channel: Int32 = -1
  var window: Int32 = -1
  /// The address of the window, if it has no descriptor.
  var windowAddress: UInt = 0
  /// The size of the window in bytes.
  var windowSize = 0
  /// The memory that the process may allocate, in bytes.
  var memory = 0

  /// Answers requests until the caller has ended, in a process that was just forked and cut off.
  func run() {
    let found =
      window < 0
      ? try? SandboxWindow(address: windowAddress, size: windowSize)
      : try? SandboxWindow(descriptor: window, size: windowSize)
    guard let found else { return }
    SandboxChannel(self, found).serve()
  }
}
