import Checkpoints
import Files
import HDF5
import ModelFiles
import NeuralNetwork

/// Inspects a file: HDF5, a `.keras` archive, or Keras 3 weights in several files.
///
/// Any file is inspected in finite time and bounded memory. Soft and external links are listed, but
/// never followed.
///
/// ```swift
/// let inspector = try Inspector(opening: path)
/// for layer in inspector.report.model?.layers ?? [] { print(layer.name) }
/// let values = try inspector.values("d2/kernel[0:2, :3]")
/// print(values.shape, values.elements)  // [2, 3] and six numbers
/// ```
public struct Inspector: ~Copyable {
  /// A report about the content of the file.
  public let report: Report

  let checkpoint: CheckpointFile

  /// What is suspicious in the directory of an archive.
  let archiveSuspicions: [Suspicion]

  /// All objects of the file, once they have been listed.
  let listed = ListedObjects()

  /// Limits on reading: bytes per read, and members per group.
  private static let limits = Limits(bytesPerRead: 64 << 20, membersPerGroup: 65_536)

  /// Opens a file and reads its metadata, without the values of its tensors.
  ///
  /// - Parameter path: The path of the file.
  /// - Throws: ``InspectionError`` if the file cannot be opened;
  ///   ``InspectionError/otherFile(path:kind:)`` names other well-known formats.
  public init(opening path: String) throws(InspectionError) {
    try self.init(DiskFile.examined(path), named: path)
  }

  /// Inspects an open file.
  ///
  /// - Parameters:
  ///   - disk: The file.
  ///   - path: Its path, for messages.
  ///   - ignoresSeal: Whether to open a file whose seal is broken.
  /// - Throws: ``InspectionError`` if the file cannot be read.
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
    archiveSuspicions =
      checkpoint.format == .kerasArchive ? Self.suspicions(inArchive: disk, named: path) : []
    report = Report(of: checkpoint)
  }

  /// The variables of the model, followed by those of the optimizer.
  var variables: [VariableReport] {
    (report.model?.variables ?? []) + (report.optimizer?.variables ?? [])
  }

  /// Runs a closure that reads the file, and converts its error.
  func reading<Result: ~Copyable>(
    _ body: () throws(HDF5Error) -> Result
  ) throws(InspectionError) -> Result {
    do throws(HDF5Error) { return try body() } catch { throw .file(.file(error)) }
  }
}

extension DiskFile {
  /// Opens the file at a path for inspection.
  static func examined(_ path: String) throws(InspectionError) -> DiskFile {
    do throws(FileError) { return try DiskFile(path) } catch {
      throw .file(.file(HDF5Error(opening: path, error)))
    }
  }
}
