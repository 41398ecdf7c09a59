/// What a process that becomes sandboxed gets.
struct SandboxTask {
  /// The address of the program.
  ///
  /// All processes are forked from one, so that an address means the same function in each.
  var program: UInt = 0
  /// The descriptors of the socket and of the window.
  var channel: Int32 = -1
  var window: Int32 = -1
  /// The address of the window, if it has no descriptor.
  var windowAddress: UInt = 0
  /// The size of the window in bytes.
  var windowSize = 0
  /// The memory that the process may allocate, in bytes.
  var memory = 0
  /// The time to look for a message before sleeping, in nanoseconds.
  var spinTime: Int64 = 0

  /// Runs the program, in a process that was just forked and cut off.
  func run() {
    let program = unsafe unsafeBitCast(program, to: SandboxedProcess.Program.self)
    var task = self
    unsafe program(&task)
  }
}
