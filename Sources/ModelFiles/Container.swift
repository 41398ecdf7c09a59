package import CheckpointStore
package import Files
package import HDF5
import JSON
import Preconditions

/// The container of a checkpoint: an HDF5 file, an archive that contains one, or several shards.
///
/// It is recognized by its content, never by its name.
package struct Container: Sendable {
  /// The form of a container.
  package enum Form: Equatable, Sendable {
    /// One HDF5 file.
    case file
    /// A `.keras` archive: a zip of `config.json`, `metadata.json` and `model.weights.h5`.
    case archive
    /// A JSON index of weights that are sharded over several HDF5 files.
    case shards
  }

  /// An open HDF5 file, or one inside an archive.
  package final class Part: Sendable {
    /// The path of the file.
    package let name: String
    /// The file.
    package let file: File

    init(_ name: String, _ file: consuming File) {
      self.name = name
      self.file = file
    }
  }

  /// The form.
  package let form: Form

  /// The HDF5 files, at least one.
  package let parts: [Part]

  /// The total size of all files, in bytes.
  package let size: Int

  /// The state of the file's seal; archives and shards have none.
  package let seal: SealState

  /// The indices in ``parts`` of the shards that contain each group of variables; used for shards
  /// only.
  package let map: [String: [Int]]

  /// The text of `config.json`, if this is an archive that contains it.
  package let configuration: String?

  /// The text of `metadata.json`, if this is an archive that contains it.
  package let metadata: String?

  /// Opens the container at a path.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - limits: The limits on reading.
  ///   - ignoresSeal: Whether bytes are read without verifying them. Otherwise a broken seal is an
  ///     error, and so is every read of bytes that differ from the sealed ones.
  /// - Throws: ``CheckpointError`` if it cannot be opened or is invalid.
  package init(
    opening path: String, limits: Limits, ignoresSeal: Bool = false
  ) throws(CheckpointError) {
    try self.init(DiskFile.open(path), named: path, limits: limits, ignoresSeal: ignoresSeal)
  }

  /// Opens the container in an open file.
  ///
  /// The file is recognized, checked and read only through this descriptor. So if the path is
  /// replaced meanwhile, the old and the new file are never mixed.
  ///
  /// - Parameters:
  ///   - disk: The file.
  ///   - path: Its path.
  ///   - limits: The limits on reading.
  ///   - ignoresSeal: As in ``init(opening:limits:ignoresSeal:)``.
  /// - Throws: ``CheckpointError`` if it is invalid.
  package init(
    _ disk: DiskFile, named path: String, limits: Limits, ignoresSeal: Bool = false
  ) throws(CheckpointError) {
    let head = try opening(path) { () throws(FileError) in try disk.head }
    for format in readableFormats {
      if let container = try format.open(
        disk, head: head, named: path, limits: limits, ignoresSeal: ignoresSeal)
      {
        self = container
        return
      }
    }
    fail("Internal error: no form of files accepts '\(path)'.")
  }

  init(
    _ form: Form, size: Int, _ parts: [Part], seal: SealState = .unsealed,
    map: [String: [Int]] = [:], configuration: String? = nil, metadata: String? = nil
  ) {
    self.form = form
    self.size = size
    self.seal = seal
    self.parts = parts
    self.map = map
    self.configuration = configuration
    self.metadata = metadata
  }

  /// The only HDF5 file, or the first shard.
  package var file: File { _read { yield parts[0].file } }
}

extension DiskFile {
  /// Opens the file at a path.
  ///
  /// - Parameter path: The path.
  /// - Returns: The file.
  /// - Throws: ``CheckpointError/file(_:)`` if it cannot be opened.
  package static func open(_ path: String) throws(CheckpointError) -> DiskFile {
    try opening(path) { () throws(FileError) in try DiskFile(path) }
  }
}

/// Runs an operation that opens the file at a path, and converts its errors.
func opening<Result>(
  _ path: String, _ body: () throws(FileError) -> Result
) throws(CheckpointError) -> Result {
  do throws(FileError) { return try body() } catch {
    throw .file(HDF5Error(opening: path, error))
  }
}

extension Sequence<UInt8> {
  /// Whether the bytes begin like a JSON object.
  var beginsJSON: Bool {
    first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
  }
}

extension Container {
  /// The version of Keras that wrote the archive, if its metadata contains it.
  package var kerasVersion: String? {
    guard let metadata, let json = try? JSON(parsing: metadata) else { return nil }
    return json["keras_version"]?.string
  }
}
