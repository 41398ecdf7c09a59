import CheckpointStore
import Checkpoints
import ModelFiles

/// The log file of a run, with one line per epoch.
///
/// The lines are derived from the history in the checkpoint. Each update compares the file with
/// them and appends the missing bytes, so that lines are never lost or duplicated, and incomplete
/// lines are completed. Existing bytes are never changed or removed. A file with other content is
/// not written.
final class RunLog {
  /// The lines of all complete epochs from one on, counted from 0, each with its line break.
  typealias Lines = (_ epoch: Int) -> [UInt8]

  private let path: String
  private let format: LogFormat
  private let lines: Lines
  private var file: LogFile
  /// The number of epochs in the file, and the stamp of the file at that time.
  private var written: (epochs: Int, stamp: LogFile.Stamp)?

  /// The new path of a log that was damaged by a power failure.
  private(set) var damaged: String?

  /// The problem of the last attempt to write the log; `nil` if it succeeded.
  private(set) var problem: LogProblem?

  /// Opens or creates the log, and compares it with the lines of the run.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - isClaimed: Whether the checkpoint records that the run has a log. Then, lines of the first
  ///     epochs may exist even if the run has none, because it was killed before its next save.
  ///   - replacing: Whether to overwrite a file with other content.
  ///   - time: The time, which becomes part of the name of a damaged log.
  ///   - format: The format of the lines.
  ///   - lines: The lines of the run.
  /// - Throws: ``TrainingError``.
  init(
    _ path: String, isClaimed: Bool, replacing: Bool, time: String, format: LogFormat,
    lines: @escaping Lines
  ) throws(TrainingError) {
    self.path = path
    self.format = format
    self.lines = lines
    do throws(LogProblem) {
      file = try LogFile(path)
      let all = lines(0)
      let content = try file.content()
      let found = LogContent(content, lines: all, format: format)
      // Without any line of the run, the owner of the file is unknown.
      let isUnknown = !isClaimed && !content.isEmpty && (all.isEmpty || content[0] == 0)
      switch found {
      case .own where !isUnknown, .ahead where !isUnknown: break
      case .zeros where !isUnknown:
        damaged = file.setAside(time: time)
        guard damaged != nil else { throw .system("it ends with zeros, and cannot be renamed") }
        file = try LogFile(path)
      case _ where replacing:
        try file.remove()
        file = try LogFile(path)
      case .other(let line) where !isUnknown: throw .otherLine(line)
      default: throw .notEmpty
      }
    } catch .system(let reason) {
      throw .checkpoint(.store(.cannotCreate(path: path, reason: reason)))
    } catch {
      throw .log(path: path, error)
    }
  }

  /// Writes the missing lines, and synchronizes them to the disk.
  ///
  /// - Parameter epochs: The number of completed epochs.
  func update(epochs: Int) {
    do throws(LogProblem) {
      try write(epochs)
      problem = nil
    } catch {
      written = nil
      problem = error
    }
  }

  private func write(_ epochs: Int) throws(LogProblem) {
    // The file may have been moved or removed; a new file at the path is compared again.
    if !file.isAtPath { file = try LogFile(path) }
    let missing: [UInt8]
    if let written, try file.stamp() == written.stamp {
      missing = lines(written.epochs)
    } else {
      let all = lines(0)
      switch LogContent(try file.content(), lines: all, format: format) {
      case .own(let count): missing = Array(all[count...])
      case .ahead: return
      case .zeros: throw .system("it ends with zeros")
      case .other(let line): throw .otherLine(line)
      }
    }
    let stamp = try file.append(missing)
    written = (epochs, stamp)
  }
}
