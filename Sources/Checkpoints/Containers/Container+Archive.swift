import Files
import HDF5
import Zip

extension Container {
  private enum Limit {
    /// The maximum size of a config, in bytes.
    static let text = 16 << 20
    /// The maximum size of an HDF5 file to unpack into memory, in bytes.
    static let image = 4 << 30
  }

  /// Opens a `.keras` archive.
  init(archive disk: DiskFile, named path: String, limits: Limits) throws(CheckpointError) {
    let archive = try unzipping { () throws(ZipError) in
      try ZipArchive(descriptor: disk.descriptor, named: path)
    }
    let member = try unzipping { () throws(ZipError) in
      try archive.member(named: "model.weights.h5")
    }
    guard let member else {
      throw .content(
        path: path, object: "model.weights.h5",
        problem: "is missing from the archive, so it is not one of Keras's")
    }
    let configuration = try Container.text("config.json", in: archive)
    let metadata = try Container.text("metadata.json", in: archive)
    let file = try Container.open(member, in: archive, disk, limits: limits)
    self.init(
      .archive, size: archive.size, [Part(path, file)], configuration: configuration,
      metadata: metadata)
  }

  private static func text(
    _ name: String, in archive: borrowing ZipArchive
  ) throws(CheckpointError) -> String? {
    let bytes = try unzipping { () throws(ZipError) in
      try archive.member(named: name).map { member throws(ZipError) in
        try archive.bytes(of: member, limit: Limit.text)
      }
    }
    guard let bytes else { return nil }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .content(path: archive.path, object: name, problem: "is not UTF-8")
    }
    return text
  }

  /// Opens an HDF5 file in an archive.
  ///
  /// An uncompressed member is read in place. A compressed one is first unpacked into memory.
  private static func open(
    _ member: ZipMember, in archive: borrowing ZipArchive, _ disk: DiskFile, limits: Limits
  ) throws(CheckpointError) -> File {
    let path = "\(archive.path)/\(member.name)"
    let offset = try unzipping { () throws(ZipError) in try archive.contentOffset(of: member) }
    if let offset {
      // Verify the checksum before any use of the bytes, and discard them.
      try unzipping { () throws(ZipError) in
        try unsafe archive.read(member, limit: .max) { _ in true }
      }
      let section = try opening(path) { () throws(FileError) in
        try FileSection(offset..<offset + member.count, of: disk)
      }
      return try reading { () throws(HDF5Error) in
        try File.open(section, named: path, limits: limits)
      }
    }
    let image = try unzipping { () throws(ZipError) in
      try unsafe FileImage { append throws(ZipError) in
        try unsafe archive.read(member, limit: Limit.image) { unsafe append($0) }
      }
    }
    do throws(HDF5Error) {
      return try File.open(image, named: path, limits: limits)
    } catch {
      throw .file(error)
    }
  }
}

/// Runs an operation on an archive and converts its errors.
private func unzipping<Result: ~Copyable>(
  _ body: () throws(ZipError) -> Result
) throws(CheckpointError) -> Result {
  do throws(ZipError) { return try body() } catch { throw .archive(error) }
}
