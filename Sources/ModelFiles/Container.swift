import CheckpointStore
import Files
import HDF5
import JSON
import Preconditions

/// The container of a checkpoint: an HDF5 file, an archive that contains one, or several shards.
///
/// It is recognized by its content, never by its name.
struct Container: Sendable {
  /// The format.
  let format: CheckpointFile.Format

  /// The HDF5 files, at least one.
  let parts: [CheckpointFile.Part]

  /// The total size of all files, in bytes.
  let size: Int

  /// The state of the file's seal; archives and shards have none.
  let seal: SealState

  /// The indices in ``parts`` of the shards that contain each group of variables; used for shards
  /// only.
  let map: [String: [Int]]

  /// The text of `config.json`, if this is an archive that contains it.
  let configuration: String?

  /// The text of `metadata.json`, if this is an archive that contains it.
  let metadata: String?

  /// Opens the container at a path.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - limits: The limits on reading.
  ///   - ignoresSeal: Whether bytes are read without verifying them. Otherwise a broken seal is an
  ///     error, and so is every read of bytes that differ from the sealed ones.
  /// - Throws: ``CheckpointError`` if it cannot be opened or is invalid.
  init(
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
  init(
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
    _ format: CheckpointFile.Format, size: Int, _ parts: [CheckpointFile.Part],
    seal: SealState = .unsealed, map: [String: [Int]] = [:], configuration: String? = nil,
    metadata: String? = nil
  ) {
    self.format = format
    self.size = size
    self.seal = seal
    self.parts = parts
    self.map = map
    self.configuration = configuration
    self.metadata = metadata
  }

  /// The only HDF5 file, or the first shard.
  var file: File { _read { yield parts[0].file } }
}

extension DiskFile {
  /// Opens the file at a path.
  ///
  /// - Parameter path: The path.
  /// - Returns: The file.
  /// - Throws: ``CheckpointError/file(_:)`` if it cannot be opened.
  static func open(_ path: String) throws(CheckpointError) -> DiskFile {
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
  var kerasVersion: String? {
    guard let metadata, let json = try? JSON(parsing: metadata) else { return nil }
    return json["keras_version"]?.string
  }
}
