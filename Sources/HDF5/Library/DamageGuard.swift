internal import Glibc
internal import Synchronization

/// Ends the program with an error message if libhdf5 crashes or does not return on a damaged file.
///
/// libhdf5 trusts the content of a file. This module checks what it can before libhdf5 reads it,
/// but a damaged file without a seal can still make version 1.10.8 access invalid memory or loop
/// forever. The program cannot continue then, because the state of the library is unknown, but its
/// message names the file. Only faults inside libhdf5 count as damage; all others end the program
/// as without a guard. The timer runs only while a file is open for reading.
///
/// Only programs install it, when they start, because signal handlers belong to the whole process.
public enum DamageGuard {
  /// Installs the signal handlers for faults and for the timer.
  ///
  /// - Parameters:
  ///   - program: The name of the program, for the message.
  ///   - exitStatus: The exit status of the program.
  ///   - patience: The limit of processor time for one call of libhdf5 on a small file, in seconds.
  ///     For each 16 MiB of the file, one second is added.
  public static func install(program: String, exitStatus: Int32, patience: Double = 1.5) {
    // A global that a handler uses must be initialized before, because that may allocate.
    unsafe end.initialize(
      to: End(
        beginning: strdup("\(program): error: Cannot read '"), status: exitStatus,
        ticks: Int(patience * Double(ticksPerSecond))))
    _ = library.callsBegun
    _ = path.load(ordering: .relaxed)
    _ = megabytes.load(ordering: .relaxed)

    // The handler needs a stack of its own, because a fault may be a stack overflow.
    let size = 64 << 10
    var stack = unsafe stack_t(
      ss_sp: .allocate(byteCount: size, alignment: 16), ss_flags: 0, ss_size: size)
    unsafe sigaltstack(&stack, nil)
    for number in faults {
      var action = sigaction()
      unsafe action.__sigaction_handler.sa_handler = noteFault
      action.sa_flags = Int32(SA_ONSTACK)
      unsafe sigaction(number, &action, &previous[Int(number)])
    }
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = noteTick
    action.sa_flags = Int32(SA_ONSTACK) | SA_RESTART
    unsafe sigaction(SIGPROF, &action, nil)
    isInstalled.store(true, ordering: .relaxed)
  }

  /// Records that a file was opened for reading, and its name.
  ///
  /// It is open until ``end(_:)``.
  static func begin(_ path: UnsafePointer<CChar>, size: Int) {
    unsafe note(path, size: size)
    if openFiles.wrappingAdd(1, ordering: .relaxed).oldValue == 0 { tick(ticksPerSecond) }
  }

  /// Records the name and the size of the file that libhdf5 works on.
  static func note(_ path: UnsafePointer<CChar>, size: Int) {
    megabytes.store(size >> 20, ordering: .relaxed)
    Self.path.store(UInt(bitPattern: path), ordering: .relaxed)
  }

  /// Records that a file was closed.
  ///
  /// Its name is not used afterwards.
  static func end(_ path: UnsafePointer<CChar>) {
    _ = Self.path.compareExchange(
      expected: UInt(bitPattern: path), desired: 0, ordering: .relaxed)
    if openFiles.wrappingSubtract(1, ordering: .relaxed).newValue == 0 { tick(0) }
  }

  /// Starts the timer, or stops it with 0.
  private static func tick(_ timesPerSecond: Int) {
    guard isInstalled.load(ordering: .relaxed) else { return }
    let tick = timeval(tv_sec: 0, tv_usec: timesPerSecond > 0 ? 1_000_000 / timesPerSecond : 0)
    var timer = itimerval(it_interval: tick, it_value: tick)
    unsafe setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
  }

  private static let isInstalled = Atomic<Bool>(false)
  private static let openFiles = Atomic<Int>(0)
  private static let path = Atomic<UInt>(0)
  private static let megabytes = Atomic<Int>(0)
  private static let ticksPerSecond = 2
  private static let faults = [SIGSEGV, SIGBUS, SIGFPE, SIGABRT]

  /// The previous action of each signal; written before the handlers are installed.
  private nonisolated(unsafe) static let previous = UnsafeMutablePointer<sigaction>.allocate(
    capacity: 32)

  /// The message, the exit status and the time limit.
  @unsafe
  private struct End {
    let beginning: UnsafeMutablePointer<CChar>?
    let status: Int32
    /// The number of ticks that a call may take.
    let ticks: Int
    var ticksInCall = 0
    var call = 0
  }

  private nonisolated(unsafe) static let end = UnsafeMutablePointer<End>.allocate(capacity: 1)

  /// Handles a fault.
  ///
  /// One outside libhdf5 is raised again with its previous action.
  ///
  /// This function and those below use only what is safe in a signal handler: atomics, `write` and
  /// `_exit`.
  private static let noteFault: @convention(c) (Int32) -> Void = { number in
    guard library.isInside, path.load(ordering: .relaxed) != 0 else {
      unsafe sigaction(number, &previous[Int(number)], nil)
      // The signal is delivered when this handler returns.
      raise(number)
      return
    }
    die(because: "': libhdf5 crashed while reading it; the file is probably damaged\n")
  }

  /// Handles a tick of the timer: 1 / `ticksPerSecond` seconds of processor time were used.
  private static let noteTick: @convention(c) (Int32) -> Void = { _ in
    let call = library.callsBegun
    guard library.isInUse, path.load(ordering: .relaxed) != 0, unsafe call == end.pointee.call
    else {
      unsafe (end.pointee.call, end.pointee.ticksInCall) = (call, 0)
      return
    }
    unsafe end.pointee.ticksInCall += 1
    let more = megabytes.load(ordering: .relaxed) / 16 * ticksPerSecond
    guard unsafe end.pointee.ticksInCall >= end.pointee.ticks + more else { return }
    die(because: "': libhdf5 did not finish reading it; the file is probably damaged\n")
  }

  private static func die(because reason: StaticString) -> Never {
    unsafe write(end.pointee.beginning)
    unsafe write(UnsafePointer(bitPattern: path.load(ordering: .relaxed)))
    _ = unsafe Glibc.write(STDERR_FILENO, reason.utf8Start, reason.utf8CodeUnitCount)
    unsafe _exit(end.pointee.status)
  }

  private static func write(_ string: UnsafePointer<CChar>?) {
    guard let string = unsafe string else { return }
    _ = unsafe Glibc.write(STDERR_FILENO, string, strlen(string))
  }
}
