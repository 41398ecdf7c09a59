import Checkpoints
import Files
import HDF5
import NeuralNetwork

/// A file that is being looked at.
///
/// Any HDF5 file will do, and what Keras makes of them: an archive with one in it, or several that a
/// JSON file names. Whatever is in it, looking at it ends, in bounded memory; soft and external links
/// are shown and never followed.
public struct Inspector: ~Copyable {
  /// What the file holds.
  public let report: Report

  let checkpoint: CheckpointFile

  /// What is read of a file: no more at once than memory has room for, and of a group as many members as can be shown.
  private static let limits = Limits(bytesPerRead: 64 << 20, membersPerGroup: 65_536)

  var file: File { _read { yield checkpoint.file } }

  /// Opens a file and finds out what it holds, without reading the numbers of its model.
  ///
  /// - Parameter path: The path of the file.
  /// - Throws: ``InspectionError`` if it cannot be opened; it says what the file is if that is not
  ///   HDF5 but something well known.
  public init(opening path: String) throws(InspectionError) {
    try self.init(DiskFile.examined(path), named: path)
  }

  /// Looks at a file that is open, whose seal may be wrong.
  init(
    _ disk: DiskFile, named path: String, ignoresSeal: Bool = false
  ) throws(InspectionError) {
    do throws(CheckpointError) {
      checkpoint = try CheckpointFile(
        examining: disk, named: path, limits: Inspector.limits, ignoresSeal: ignoresSeal)
    } catch {
      if case .file(let cause) = error, cause.cause == .notHDF5,
        let head = try? disk.head, let kind = FileFormat.name(of: head)
      {
        throw .otherFile(path: path, kind: kind)
      }
      throw .file(error)
    }
    report = Report(of: checkpoint)
  }

  /// Every variable that has a name of its own: those of the model, then those of the optimizer.
  var variables: [VariableReport] {
    (report.model?.variables ?? []) + (report.optimizer?.variables ?? [])
  }

  /// Runs a step of reading the file.
  func reading<Result: ~Copyable>(
    _ body: () throws(HDF5Error) -> Result
  ) throws(InspectionError) -> Result {
    do throws(HDF5Error) { return try body() } catch { throw .file(.file(error)) }
  }
}

extension DiskFile {
  /// Opens the file at a path to be looked at.
  static func examined(_ path: String) throws(InspectionError) -> DiskFile {
    do throws(CheckpointError) { return try DiskFile.open(path) } catch { throw .file(error) }
  }
}
