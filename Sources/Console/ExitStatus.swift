/// The exit status of a program.
///
/// The numbers from 64 to 75 are those of `sysexits.h`; those above are 128 plus a signal. A
/// program with several results exits with the highest number.
public enum ExitStatus: Int32, CaseIterable, Comparable, Sendable {
  /// Success, also if there was nothing to do.
  case success = 0
  /// A negative result: files differ, a target was not reached, an expectation was wrong.
  case negative = 1
  /// The command line is wrong.
  case usage = 64
  /// A file has the wrong format, is damaged, or does not match the run.
  case badData = 65
  /// An input file does not exist or cannot be read.
  case noInput = 66
  /// A library that the program needs here cannot be loaded, such as that of MPI.
  case unavailable = 69
  /// The program failed: an internal error, or a loss that is NaN or infinite.
  case internalError = 70
  /// An output file cannot be created.
  case cannotCreate = 73
  /// Reading or writing failed, for instance because the disk is full.
  case ioError = 74
  /// Another process is writing to the same checkpoint, or one of the processes of a job was lost;
  /// the program may be run again later.
  case busy = 75
  /// The terminal was closed (SIGHUP) and the state was saved.
  case hungUp = 129
  /// The user interrupted the program (SIGINT) and the state was saved.
  case interrupted = 130
  /// The program received SIGUSR2, as schedulers send before their time limit, and the state was
  /// saved.
  case userSignal = 140
  /// The program was terminated (SIGTERM) and the state was saved.
  case terminated = 143
  /// The limit of processor time was exceeded (SIGXCPU) and the state was saved.
  case cpuLimit = 152

  /// Returns the status of a program that saved its state because of a signal.
  ///
  /// - Parameter signal: The number of the signal.
  /// - Returns: 128 plus the number for SIGHUP, SIGINT, SIGUSR2, SIGTERM and SIGXCPU, otherwise
  ///   `nil`.
  public static func stopped(by signal: Int32) -> ExitStatus? {
    [.hungUp, .interrupted, .userSignal, .terminated, .cpuLimit]
      .first { $0.rawValue == 128 + signal }
  }

  /// Returns whether the first status is less severe.
  public static func < (a: ExitStatus, b: ExitStatus) -> Bool { a.rawValue < b.rawValue }
}
