import CheckpointStore
import Files
import Glibc

/// Creates a folder and those above it durably, as far as they are missing.
///
/// - Parameter path: The path of the folder.
/// - Throws: ``LogProblem/system(_:)``.
func createFolder(_ path: String) throws(LogProblem) {
  var status = stat()
  guard unsafe stat(path, &status) != 0 else {
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw .system("'\(path)' is not a folder")
    }
    return
  }
  let parent = String(FilePlace.folder(of: path).dropLast())
  if !parent.isEmpty, parent != "." { try createFolder(parent) }
  guard unsafe mkdir(path, 0o777) == 0 || errno == EEXIST else {
    throw .system("the folder '\(path)': \(systemError())")
  }
  try synchronizeFolder(of: path)
}

/// Synchronizes the folder of a file to the disk.
///
/// - Parameter path: The path of the file.
/// - Throws: ``LogProblem/system(_:)``.
func synchronizeFolder(of path: String) throws(LogProblem) {
  let folder = unsafe open(FilePlace.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard folder >= 0 else { throw .system(systemError()) }
  defer { close(folder) }
  guard fsync(folder) == 0 || errno == EINVAL else { throw .system(systemError()) }
}
