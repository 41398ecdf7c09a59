import Arguments
import Checkpoints
import Console
import Glibc
import ModelFiles
import Training

/// Uses the checkpoint store as `train` does, but with a model of 170 weights, so that a process
/// takes milliseconds and can be killed some thousands of times.
///
///     store-driver save PATH SAVES KEEP MILLISECONDS [BEST]
///     store-driver next PATH SAVES KEEP MILLISECONDS [BEST]
///     store-driver verify FILE
///     store-driver loop PATH EPOCHS THREADS MILLISECONDS
///
/// `save` goes on from the newest checkpoint and saves some steps more, each after a pause. Each
/// step is an epoch, of which the best is kept at BEST. It says `resumed N`, `saved N` and `best N`
/// when, and only when, a save has returned, and `finished N` in the end, as `train` does. A save
/// that fails is told and the next step is saved; if the last one fails, the exit code is 74.
/// `verify` looks at one file as a reader does, and says `step N`. `next` does the one and the
/// other, in a single process: before it goes on it says `step N` of PATH and `kept N` of BEST, and
/// in the end `holds N` and `keeps N`. `loop` trains in a loop of its own, as ``OwnLoop`` says.
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
      case ("save", 5...6), ("next", 5...6):
        let numbers = arguments[2...4].compactMap { Int($0) }
        guard numbers.count == 3 else { break }
        let (path, best) = (arguments[1], arguments.count == 6 ? arguments[5] : nil)
        let reads = arguments[0] == "next"
        if reads { read(path, "step", best, "kept") }
        try save(path, count: numbers[0], keep: numbers[1], pause: numbers[2], best: best)
        if reads { read(path, "holds", best, "keeps") }
        return .success
      case ("verify", 2):
        try StandardOutput.writeLine("step \(try SmallRun.step(ofFile: arguments[1]))")
        return .success
      case ("loop", 5):
        let numbers = arguments[2...4].compactMap { Int($0) }
        guard numbers.count == 3 else { break }
        try OwnLoop.train(
          at: arguments[1], epochs: numbers[0], threads: numbers[1], pause: numbers[2], say: say)
        return .success
      default: break
      }
      return complain("see the top of Driver.swift", .usage)
    } catch {
      return complain("\(error)", status(of: error))
    }
  }

  private static func save(
    _ path: String, count: Int, keep: Int, pause: Int, best: String?
  ) throws {
    let run = try SmallRun(at: path, keep: keep, best: best) { event in
      switch event {
      case .saved(let savedPath, let step, _):
        say("\(savedPath == path ? "saved" : "best") \(step)")
      case .saveFailed(let error, _, _): _ = complain("\(error)", .ioError)
      case .pathNotRestored(let error): _ = complain("\(error)", .ioError)
      case .littleSpace(let sentence): _ = complain(sentence, .ioError)
      case .unsealed(let path): _ = complain("'\(path)' has no seal", .badData)
      case .logReplaced(let path, let newPath):
        _ = complain("the log '\(path)' was damaged, and is now '\(newPath)'", .badData)
      case .bestIsGone(_, let epoch, _): say("gone \(epoch)")
      default: break
      }
    }
    say("resumed \(run.step)")
    for index in 0..<count {
      usleep(UInt32(pause) * 1000)
      try run.step(isLast: index == count - 1)
    }
    if count == 0, run.step > 0 { try run.finish() }
    say("finished \(run.step)")
  }

  /// What cannot be said must not be promised: without standard output nothing goes on.
  private static func say(_ line: String) {
    do throws(OutputError) { try StandardOutput.writeLine(line) } catch { exit(1) }
  }

  /// A file that cannot be read does not keep the next run from going on from an older one.
  private static func read(_ path: String, _ word: String, _ best: String?, _ bestWord: String) {
    for (path, word) in [(path, word), (best, bestWord)] {
      guard let path else { continue }
      do {
        say("\(word) \(try SmallRun.step(ofFile: path))")
      } catch {
        _ = complain("\(error)", .badData)
      }
    }
  }

  private static func complain(_ message: String, _ status: ExitStatus) -> ExitStatus {
    StandardError.writeLine("store-driver: \(message)")
    return status
  }

  private static func status(of error: any Error) -> ExitStatus {
    var checkpointError = error as? CheckpointError
    switch error as? TrainingError {
    case .occupied, .exists: return .cannotCreate
    case .checkpoint(let cause), .unsaved(let cause, _):
      checkpointError = cause
    default: break
    }
    return checkpointError?.exitStatus
      ?? (error is WrongContent || error is TrainingError ? .badData : .internalError)
  }
}
