import CheckpointStore
import Files
import ModelFiles
import TensorBoard

/// The event files of a run, in the folders of Keras's callback `TensorBoard`.
final class TensorBoardLog {
  /// Training results, histograms of the weights and training pictures.
  let train: EventLog

  /// The results of the evaluations.
  let validation: EventLog

  /// The name of event files: TensorBoard looks for its third word.
  static let fileName = "events.out.tfevents.cairn"

  /// The folders in the order of ``logs``.
  static let folders = ["train", "validation"]

  /// The paths of the files in a folder.
  static func paths(in folder: String) -> [String] {
    folders.map { "\(folder)/\($0)/\(fileName)" }
  }

  /// The files, in the order of ``folders``.
  var logs: [EventLog] { [train, validation] }

  /// Opens or creates the files.
  ///
  /// - Parameters:
  ///   - folder: The path of the folder, which is created if necessary.
  ///   - open: Opens a file.
  /// - Throws: ``TrainingError``.
  init(
    in folder: String,
    _ open: (_ path: String, _ folder: String) throws(LogProblem) -> EventLog
  ) throws(TrainingError) {
    var logs: [EventLog] = []
    for (name, path) in zip(Self.folders, Self.paths(in: folder)) {
      do throws(LogProblem) {
        try createFolder("\(folder)/\(name)")
        let entries = (try? FolderEntry.list("\(folder)/\(name)", followsLink: true)) ?? []
        // TensorBoard shows all event files of a folder as one run.
        let other = entries.map(\.name).first {
          $0.contains("tfevents") && $0 != Self.fileName
        }
        if let other { throw .otherEvents(other) }
        logs.append(try open(path, name))
      } catch .system(let reason) {
        throw .checkpoint(.store(.cannotCreate(path: path, reason: reason)))
      } catch {
        throw .log(path: path, error)
      }
    }
    (train, validation) = (logs[0], logs[1])
  }
}
