import CheckpointStore
import Files
import Glibc
import Plots

extension Trainer {
  /// Writes a sheet of the first training pictures with their labels, augmented as the model would
  /// see them; nothing is trained.
  ///
  /// - Parameter path: The path of a PNG file, which replaces an existing one if files may be
  ///   overwritten.
  /// - Throws: ``TrainingError/preview(path:_:)`` if a file is there or it cannot be written,
  ///   or the errors of a run that cannot start.
  public func writePreview(to path: String) throws(TrainingError) {
    try adaptModel(options.model)
    try useData()
    let sheet = try trainingSheet()
    do throws(LogProblem) {
      guard options.overwrite || !fileExists(path) else { throw .notEmpty }
      let folder = unsafe Glibc.open(FilePlace.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard folder >= 0 else { throw .system(systemError()) }
      defer { close(folder) }
      guard let png = try? sheet.png() else { throw .system("it cannot be encoded") }
      try replaceFile(path.split(separator: "/").last.map(String.init) ?? path, in: folder, by: png)
    } catch {
      throw .preview(path: path, error)
    }
  }
}
