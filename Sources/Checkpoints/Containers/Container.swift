import Files
package import HDF5
import JSON

/// What a checkpoint is kept in, told by its content and never by its name: an HDF5 file, an archive
/// that holds one, or several that share the weights.
package struct Container: Sendable {
  /// The form of a container.
  package enum Form: Equatable, Sendable {
    /// One HDF5 file.
    case file
    /// A `.keras` archive: a zip of `config.json`, `metadata.json` and `model.weights.h5`.
    case archive
    /// A JSON file that says which of several HDF5 files hold what.
    case shards
  }

  /// An HDF5 file that is open, or a part of an archive that is one.
  package final class Part: Sendable {
    /// What it is called: the path of the file.
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

  /// The bytes of all files together.
  package let size: Int

  /// What its seal says of the file; archives and files that share the weights have none.
  package let seal: SealState

  /// For each group of variables, which of ``parts`` hold some of them; used with several only.
  let map: [String: [Int]]

  /// The text of `config.json`, if this is an archive that has it.
  package let configuration: String?

  /// The text of `metadata.json`, if this is an archive that has it.
  package let metadata: String?

  /// Opens what is at a path.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - limits: How much may be read from it.
  ///   - ignoresSeal: Whether the bytes are taken as they are; otherwise a seal that cannot be right is an
  ///     error, and so is every read of bytes that are not those that were sealed.
  /// - Throws: ``CheckpointError`` if it cannot be opened, or is not what it should be.
  package init(
    opening path: String, limits: Limits, ignoresSeal: Bool = false
  ) throws(CheckpointError) {
    try self.init(DiskFile.open(path), named: path, limits: limits, ignoresSeal: ignoresSeal)
  }

  /// Takes a file that is open: it is recognized, checked and read through this descriptor alone, so that a file
  /// which is replaced meanwhile is never taken for two halves of one.
  ///
  /// - Parameters:
  ///   - disk: The file.
  ///   - path: Its path.
  ///   - limits: How much may be read from it.
  ///   - ignoresSeal: As in ``init(opening:limits:ignoresSeal:)``.
  /// - Throws: ``CheckpointError`` if it is not what it should be.
  package init(
    _ disk: DiskFile, named path: String, limits: Limits, ignoresSeal: Bool = false
  ) throws(CheckpointError) {
    let head = try opening(path) { () throws(HDF5Error.Cause) in try disk.head }
    if head.starts(with: FileFormat.zip) {
      self = try Container(archive: disk, named: path, limits: limits)
    } else if head.beginsJSON, let map = Container.map(in: disk) {
      self = try Container(map, of: path, limits: limits)
    } else {
      self = try Container(file: disk, named: path, limits: limits, ignoresSeal: ignoresSeal)
    }
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

  /// The file that holds everything, or the first of several.
  package var file: File { _read { yield parts[0].file } }
}

extension DiskFile {
  /// Opens the file at a path.
  ///
  /// - Parameter path: The path.
  /// - Returns: The file.
  /// - Throws: ``CheckpointError/file(_:)`` if it cannot be opened.
  package static func open(_ path: String) throws(CheckpointError) -> DiskFile {
    try opening(path) { () throws(HDF5Error.Cause) in try DiskFile(path) }
  }
}

/// Runs a step of opening the file at a path.
func opening<Result>(
  _ path: String, _ body: () throws(HDF5Error.Cause) -> Result
) throws(CheckpointError) -> Result {
  do throws(HDF5Error.Cause) { return try body() } catch {
    throw .file(HDF5Error(operation: .open, file: path, object: nil, cause: error))
  }
}

extension Sequence<UInt8> {
  /// Whether the bytes begin as the text of a JSON object does.
  var beginsJSON: Bool {
    first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
  }
}

extension Container {
  /// The version of Keras that wrote an archive, if it says so.
  package var kerasVersion: String? {
    guard let metadata, let json = try? JSON(parsing: metadata) else { return nil }
    return json["keras_version"]?.string
  }
}
