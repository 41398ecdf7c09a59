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

  /// The largest file of JSON: 1 MiB.
  private static let limit = 1 << 20

  /// Reads a file.
  ///
  /// - Parameter path: The file.
  /// - Throws: ``RecipeFileError`` if it is no recipe, `CheckpointError` if it is a checkpoint that
  ///   cannot be read.
  init(path: String) throws {
    let file: RegularFile
    do throws(FileError) { file = try RegularFile(path) } catch {
      throw RecipeFileError(path: path, problem: "\(error)", isMissing: true)
    }
    let head = try file.bytes(min(file.size, Self.limit), at: 0)
    let first = head.first(where: { ![9, 10, 13, 32].contains($0) })
    if first == UInt8(ascii: "{") {
      guard file.size <= Self.limit else {
        throw RecipeFileError(path: path, problem: "it has \(file.size) bytes, more than 1 MiB")
      }
      do throws(JSONError) {
        let json = try JSON(parsing: String(decoding: head, as: UTF8.self))
        self = .settings(json.object ?? [:])
      } catch {
        throw RecipeFileError(path: path, problem: "\(error)")
      }
      return
    }
    guard let state = try CheckpointFile(opening: path).trainingState() else {
      throw RecipeFileError(path: path, problem: "it holds no run whose settings could be used")
    }
    self = .run(state)
  }
}

/// A file that cannot be used as a recipe.
struct RecipeFileError: Error {
  let path: String

  /// The problem, as a phrase that follows the file name and a colon.
  let problem: String

  /// Whether the file cannot be opened.
  var isMissing = false
}
