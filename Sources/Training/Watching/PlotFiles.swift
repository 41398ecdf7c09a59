import CheckpointStore
import Files
import Glibc
import ModelFiles
import Plots

/// The plots of a run: each as PNG and as SVG in one folder, replaced as the run proceeds.
final class PlotFiles {
  /// A plot.
  enum Plot: String, CaseIterable {
    case loss, accuracy
    case learningRate = "learning_rate"
    case confusion = "confusion_matrix"
    case worstErrors = "worst_errors"

    /// The names of its files.
    var files: [String] { ["\(rawValue).png", "\(rawValue).svg"] }
  }

  private let folder: String

  /// The open folder, which is locked against other runs.
  private let descriptor: CInt

  /// The problem of the last attempt to write the plots; `nil` if it succeeded.
  private(set) var problem: (path: String, LogProblem)?

  /// When the plots were last written.
  private(set) var time: ContinuousClock.Instant?

  /// The paths of all files in a folder.
  static func paths(in folder: String) -> [String] {
    Plot.allCases.flatMap { $0.files.map { "\(folder)/\($0)" } }
  }

  /// Opens or creates the folder.
  ///
  /// - Parameters:
  ///   - folder: The path of the folder.
  ///   - isOwn: Whether plots in it are those of the run, or may be overwritten.
  /// - Throws: ``TrainingError``.
  init(in folder: String, isOwn: Bool) throws(TrainingError) {
    self.folder = folder
    var failing = folder
    do throws(LogProblem) {
      try createFolder(folder)
      descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard descriptor >= 0 else { throw .system(systemError()) }
      // File systems without locks are accepted.
      if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK { throw .inUse }
      for path in Self.paths(in: folder) {
        failing = path
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { continue }
        guard status.st_mode & S_IFMT == S_IFREG else {
          throw .system("it is not a regular file")
        }
        guard isOwn else { throw .notEmpty }
      }
    } catch .system(let reason) {
      throw .checkpoint(.store(.cannotCreate(path: failing, reason: reason)))
    } catch {
      throw .plot(path: failing, error)
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Whether a plot has been written, by this process or an earlier one.
  func has(_ plot: Plot) -> Bool {
    plot.files.allSatisfy { fileExists("\(folder)/\($0)") }
  }

  /// Replaces plots.
  func write(_ drawings: [(Plot, Drawing)]) {
    time = .now
    problem = nil
    for (plot, drawing) in drawings {
      let contents = [try? drawing.png(), (try? drawing.svg()).map { Array($0.utf8) }]
      for (name, bytes) in zip(plot.files, contents) {
        do throws(LogProblem) {
          guard let bytes else { throw .system("it cannot be encoded") }
          try replaceFile(name, in: descriptor, by: bytes)
        } catch {
          problem = ("\(folder)/\(name)", error)
        }
      }
    }
    _ = fsync(descriptor)
  }
}
