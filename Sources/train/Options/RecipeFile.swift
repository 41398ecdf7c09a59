import Checkpoints
import Files
import JSON
import ModelFiles

/// The content of the file that `--recipe` names.
enum RecipeFile {
  /// A JSON object with settings.
  case settings(JSON.Object)

  /// The state of a run in a checkpoint.
  case run(TrainingState)

  /// Reads a file.
  ///
  /// - Parameter path: The file.
  /// - Throws: ``SettingsFileError`` if it is no recipe, `CheckpointError` if it is a checkpoint
  ///   that cannot be read.
  init(path: String) throws {
    if let json = try readSettings(in: path, as: .recipe) {
      guard let settings = json.object else {
        throw SettingsFileError(path: path, role: .recipe, problem: "it is not a JSON object")
      }
      self = .settings(settings)
      return
    }
    guard let state = try CheckpointFile(opening: path).trainingState() else {
      throw SettingsFileError(
        path: path, role: .recipe, problem: "it holds no run whose settings could be used")
    }
    self = .run(state)
  }
}
