/// How a program ended, as the number it gives back to whoever started it.
///
/// The numbers from 64 to 75 are those of `sysexits.h`, those above are 128 and a signal. The order is that of the numbers, so that
/// the worst of several results is their maximum.
public enum ExitStatus: Int32, CaseIterable, Comparable, Sendable {
  /// All is done, or nothing was left to do.
  case success = 0
  /// The answer is no: files differ, a target was missed, an expectation was wrong.
  case negative = 1
  /// The command line is wrong.
  case usage = 64
  /// A file is not what it should be: not a PNG, not HDF5, damaged, or it does not fit the run.
  case badData = 65
  /// An input file is not there or cannot be read.
  case noInput = 66
  /// The program itself failed: an internal error, or a loss that became NaN.
  case internalError = 70
  /// An output file cannot be created.
  case cannotCreate = 73
  /// Reading or writing failed, for instance because the disk is full.
  case ioError = 74
  /// Another process is training into the same file; trying later can work.
  case busy = 75
  /// The terminal went away (SIGHUP) and the state was saved.
  case hungUp = 129
  /// The user interrupted the program (SIGINT) and the state was saved.
  case interrupted = 130
  /// The program was asked to end (SIGUSR2, as schedulers send before their time limit) and the state was saved.
  case userSignal = 140
  /// The program was asked to end (SIGTERM) and the state was saved.
  case terminated = 143
  /// The limit of processor time was reached (SIGXCPU) and the state was saved.
  case cpuLimit = 152

  /// Returns the status of a program that saved its state because of a signal.
  ///
  /// - Parameter signal: The number of the signal.
  /// - Returns: 128 plus the number for SIGHUP, SIGINT, SIGUSR2, SIGTERM and SIGXCPU, otherwise `nil`.
  public static func stopped(by signal: Int32) -> ExitStatus? {
    [.hungUp, .interrupted, .userSignal, .terminated, .cpuLimit]
      .first { $0.rawValue == 128 + signal }
  }

  /// Returns whether the first status is the lesser trouble.
  public static func < (a: ExitStatus, b: ExitStatus) -> Bool { a.rawValue < b.rawValue }
}
