import Checkpoints

/// The file to which a run writes a line of JSON for each epoch.
///
/// The lines come from the history of the run, which the checkpoint holds. Whenever there is an occasion, the
/// file is compared with them and the bytes that are missing are appended: so no line is missing for good, none
/// is there twice, and a torn one is completed. Bytes that are there are never changed or removed; a file that
/// holds anything but the run's lines is not written.
final class RunLog {
  /// The lines of all complete epochs from one on, counted from 0, each with its line break.
  typealias Lines = (_ epoch: Int) -> [UInt8]

  private let path: String
  private let lines: Lines
  private var file: LogFile
  /// The epochs whose lines are in the file, and what the file was then.
  private var written: (epochs: Int, stamp: LogFile.Stamp)?

  /// The new path of a file that a power failure had damaged.
  private(set) var damaged: String?

  /// What is wrong with the log, if the last attempt to write it failed.
  private(set) var problem: LogProblem?

  /// Opens the log, or creates it, and compares it with the lines of the run.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - isClaimed: Whether the checkpoint says that the run has a log. Then lines of the first epochs may be
  ///     there though the run has none yet: it was killed before it saved one.
  ///   - replacing: Whether a file that holds anything else is replaced.
  ///   - time: The time, which becomes part of the name of a file that a power failure damaged.
  ///   - lines: The lines of the run.
  /// - Throws: ``TrainingError``.
  init(
    _ path: String, isClaimed: Bool, replacing: Bool, time: String, lines: @escaping Lines
  ) throws(TrainingError) {
    self.path = path
    self.lines = lines
    do throws(LogProblem) {
      file = try LogFile(path)
      let all = lines(0)
      let content = try file.content()
      let found = LogContent(content, lines: all)
      // Without a line of the run nothing shows whose file this is.
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
      throw .checkpoint(.cannotCreate(path: path, reason: reason))
    } catch {
      throw .log(path: path, error)
    }
  }

  /// Writes the lines that are missing, and brings them to the disk.
  ///
  /// - Parameter epochs: How many epochs are complete.
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
    // Somebody may have moved or removed it; another one in its place is looked at anew.
    if !file.isAtPath { file = try LogFile(path) }
    let missing: [UInt8]
    if let written, try file.stamp() == written.stamp {
      missing = lines(written.epochs)
    } else {
      let all = lines(0)
      switch LogContent(try file.content(), lines: all) {
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
