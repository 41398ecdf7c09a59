import Files
import JSON

/// Reads a JSON file with settings.
///
/// - Parameters:
///   - path: The path of the file, of at most 1 MiB.
///   - role: What it is used as.
/// - Returns: The object or list in the file; `nil` if it is no JSON.
/// - Throws: ``SettingsFileError`` if it cannot be read.
func readSettings(in path: String, as role: SettingsFileError.Role) throws -> JSON? {
  let limit = 1 << 20
  func failure(_ problem: String, isMissing: Bool = false) -> SettingsFileError {
    SettingsFileError(path: path, role: role, problem: problem, isMissing: isMissing)
  }
  let file: RegularFile
  do throws(FileError) { file = try RegularFile(path) } catch {
    throw failure("\(error)", isMissing: true)
  }
  let text = try file.bytes(min(file.size, limit), at: 0)
  let first = text.first { ![9, 10, 13, 32].contains($0) }
  guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return nil }
  guard file.size <= limit else {
    throw failure("it has \(file.size) bytes, more than 1 MiB")
  }
  do throws(JSONError) {
    return try JSON(parsing: String(decoding: text, as: UTF8.self))
  } catch {
    throw failure("\(error)")
  }
}

/// A file whose settings cannot be used.
struct SettingsFileError: Error {
  /// What a file is used as.
  enum Role: String {
    case recipe
    case classWeights = "class weights"
  }

  let path: String
  let role: Role

  /// The problem, as a phrase that follows the file name and a colon.
  let problem: String

  /// Whether the file cannot be opened.
  var isMissing = false
}
