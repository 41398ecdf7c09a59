internal import Glibc
internal import Synchronization

/// Ends a program with words and a status of its own where libhdf5 would crash or never return.
///
/// libhdf5 trusts what is in a file. What this module can check, it checks before libhdf5 sees it; but a file without a
/// seal in which some bytes have changed can still make version 1.10.8 use memory that it does not have, or go round
/// in circles. Nothing can go on from there, as the state of the library is unknown: but whoever started the program
/// is told which file it was. Only faults inside of libhdf5 are taken for damage; all others end the program as they
/// do without a guard. Its clock runs only while a file is open for reading.
///
/// It is for programs, at their beginning: signal handlers belong to the process, not to a library.
public enum DamageGuard {
  /// Guards this process from now on, whenever a file is open for reading.
  ///
  /// - Parameters:
  ///   - program: The name of the program, for the message.
  ///   - exitStatus: The status that it ends with.
  ///   - patience: How many seconds of processor time the program may use during one call of libhdf5, for
  ///     a small file; for each 16 MB of a file, one more.
  public static func install(program: String, exitStatus: Int32, patience: Double = 1.5) {
    // What is used in a handler must have been used before: the first use of a global may allocate.
    end.initialize(
      to: End(
        beginning: strdup("\(program): error: Cannot read '"), status: exitStatus,
        ticks: Int(patience * Double(ticksPerSecond))))
    _ = library.callsBegun
    _ = path.load(ordering: .relaxed)
    _ = megabytes.load(ordering: .relaxed)

    // A crash may be one of a stack that is used up.
    let size = 64 << 10
    var stack = stack_t(
      ss_sp: .allocate(byteCount: size, alignment: 16), ss_flags: 0, ss_size: size)
    sigaltstack(&stack, nil)
    for number in faults {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = noteFault
      action.sa_flags = Int32(SA_ONSTACK)
      sigaction(number, &action, &previous[Int(number)])
    }
    var action = sigaction()
    action.__sigaction_handler.sa_handler = noteTick
    action.sa_flags = Int32(SA_ONSTACK) | SA_RESTART
    sigaction(SIGPROF, &action, nil)
    isInstalled.store(true, ordering: .relaxed)
  }

  /// Notes that a file is open for reading from now on until ``end(_:)``, and what it is called.
  static func begin(_ path: UnsafePointer<CChar>, size: Int) {
    note(path, size: size)
    if openFiles.wrappingAdd(1, ordering: .relaxed).oldValue == 0 { tick(ticksPerSecond) }
  }

  /// Notes which file libhdf5 works on now, and its size.
  static func note(_ path: UnsafePointer<CChar>, size: Int) {
    megabytes.store(size >> 20, ordering: .relaxed)
    Self.path.store(UInt(bitPattern: path), ordering: .relaxed)
  }

  /// Notes that a file is closed; the string may go away.
  static func end(_ path: UnsafePointer<CChar>) {
    _ = Self.path.compareExchange(
      expected: UInt(bitPattern: path), desired: 0, ordering: .relaxed)
    if openFiles.wrappingSubtract(1, ordering: .relaxed).newValue == 0 { tick(0) }
  }

  /// Starts the clock, or stops it with 0.
  private static func tick(_ timesPerSecond: Int) {
    guard isInstalled.load(ordering: .relaxed) else { return }
    let tick = timeval(tv_sec: 0, tv_usec: timesPerSecond > 0 ? 1_000_000 / timesPerSecond : 0)
    var timer = itimerval(it_interval: tick, it_value: tick)
    setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
  }

  private static let isInstalled = Atomic<Bool>(false)
  private static let openFiles = Atomic<Int>(0)
  private static let path = Atomic<UInt>(0)
  private static let megabytes = Atomic<Int>(0)
  private static let ticksPerSecond = 2
  private static let faults = [SIGSEGV, SIGBUS, SIGFPE, SIGABRT]

  /// What was done about each fault before; written before the handlers are there.
  private nonisolated(unsafe) static let previous = UnsafeMutablePointer<sigaction>.allocate(
    capacity: 32)

  /// How the program ends.
  private struct End {
    let beginning: UnsafeMutablePointer<CChar>?
    let status: Int32
    /// How many ticks a call may take.
    let ticks: Int
    var ticksInCall = 0
    var call = 0
  }

  private nonisolated(unsafe) static let end = UnsafeMutablePointer<End>.allocate(capacity: 1)

  /// A fault: of libhdf5, or of somebody else, who then has it again without a guard.
  ///
  /// Only what is safe in a signal handler happens here and below: atomics, `write`, `_exit`.
  private static let noteFault: @convention(c) (Int32) -> Void = { number in
    guard library.isInside, path.load(ordering: .relaxed) != 0 else {
      sigaction(number, &previous[Int(number)], nil)
      // It comes when this handler has ended.
      raise(number)
      return
    }
    die(because: "': libhdf5 crashed while reading it; the file is probably damaged\n")
  }

  /// Another part of a second of processor time has gone by.
  private static let noteTick: @convention(c) (Int32) -> Void = { _ in
    let call = library.callsBegun
    guard library.isInUse, path.load(ordering: .relaxed) != 0, call == end.pointee.call else {
      (end.pointee.call, end.pointee.ticksInCall) = (call, 0)
      return
    }
    end.pointee.ticksInCall += 1
    let more = megabytes.load(ordering: .relaxed) / 16 * ticksPerSecond
    guard end.pointee.ticksInCall >= end.pointee.ticks + more else { return }
    die(because: "': libhdf5 did not finish reading it; the file is probably damaged\n")
  }

  private static func die(because reason: StaticString) -> Never {
    write(end.pointee.beginning)
    write(UnsafePointer(bitPattern: path.load(ordering: .relaxed)))
    _ = Glibc.write(STDERR_FILENO, reason.utf8Start, reason.utf8CodeUnitCount)
    _exit(end.pointee.status)
  }

  private static func write(_ string: UnsafePointer<CChar>?) {
    guard let string else { return }
    _ = Glibc.write(STDERR_FILENO, string, strlen(string))
  }
}
