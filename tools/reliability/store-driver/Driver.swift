import Checkpoints
import Console
import Glibc

/// Uses the checkpoint store as `train` does, but with a model of 170 weights, so that a process takes
/// milliseconds and can be killed some thousands of times.
///
///     store-driver save PATH SAVES KEEP MILLISECONDS
///     store-driver next PATH SAVES KEEP MILLISECONDS
///     store-driver verify FILE
///
/// `save` goes on from the newest checkpoint and saves some steps more, each after a pause. It says
/// `resumed N`, and `saved N` when, and only when, a save has returned. A save that fails is told and
/// the next step is saved; if the last one fails, the exit code is 74. `verify` looks at one file as a
/// reader does, and says `step N`. `next` does the one and the other, in a single process.
///
/// Exit codes are those of `train`.
@main
struct Driver {
  static func main() {
    prepareStandardStreams()
    signal(SIGXFSZ, SIG_IGN)
    exit(run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }

  private static func run(_ arguments: [String]) -> ExitStatus {
    do {
      switch (arguments.first, arguments.count) {
      case ("save", 5), ("next", 5):
        let numbers = arguments[2...].compactMap { Int($0) }
        guard numbers.count == 3 else { break }
        if arguments[0] == "next" { read(arguments[1]) }
        return try save(arguments[1], count: numbers[0], keep: numbers[1], pause: numbers[2])
      case ("verify", 2):
        try StandardOutput.writeLine("step \(try SmallRun.step(ofFile: arguments[1]))")
        return .success
      default: break
      }
      return complain("see the top of Driver.swift", .usage)
    } catch {
      return complain("\(error)", status(of: error))
    }
  }

  private static func save(
    _ path: String, count: Int, keep: Int, pause: Int
  ) throws -> ExitStatus {
    let run = try SmallRun(at: path, keep: keep)
    try StandardOutput.writeLine("resumed \(run.step)")
    var last = ExitStatus.success
    for _ in 0..<count {
      usleep(UInt32(pause) * 1000)
      do {
        try run.save()
        try StandardOutput.writeLine("saved \(run.step)")
        last = .success
      } catch let error as CheckpointError {
        last = complain("\(error)", .ioError)
      }
    }
    return last
  }

  /// A file that cannot be read does not keep the next run from going on from an older one.
  private static func read(_ path: String) {
    do {
      try StandardOutput.writeLine("step \(try SmallRun.step(ofFile: path))")
    } catch {
      _ = complain("\(error)", .badData)
    }
  }

  private static func complain(_ message: String, _ status: ExitStatus) -> ExitStatus {
    StandardError.writeLine("store-driver: \(message)")
    return status
  }

  private static func status(of error: any Error) -> ExitStatus {
    switch (error as? CheckpointError)?.kind {
    case .noInput: .noInput
    case .badData: .badData
    case .cannotCreate: .cannotCreate
    case .inputOutput: .ioError
    case .inUse: .busy
    case nil: error is WrongContent || error is NoneGood ? .badData : .internalError
    }
  }
}
