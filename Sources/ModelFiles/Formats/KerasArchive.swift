import Files
import HDF5
import JSON
import NeuralNetwork
import Zip

/// A `.keras` archive: a zip of `config.json`, `metadata.json` and `model.weights.h5`.
package enum KerasArchive {
  private enum Limit {
    /// The maximum size of a config, in bytes.
    static let text = 16 << 20
  }
}

extension KerasArchive: ModelFormat {
  static func open(
    _ file: DiskFile, head: [UInt8], named path: String, limits: Limits, ignoresSeal: Bool
  ) throws(CheckpointError) -> Container? {
    guard head.starts(with: FileFormat.zip) else { return nil }
    let archive = try converting { () throws(ZipError) in
      try ZipArchive(descriptor: file.descriptor, named: path, reader: limits.reader)
    }
    let member = try converting { () throws(ZipError) in
      try archive.member(named: "model.weights.h5")
    }
    guard let member else {
      throw .content(
        path: path, object: "model.weights.h5",
        problem: "is missing from the archive, so it is not one of Keras's")
    }
    return Container(
      .kerasArchive, size: archive.size,
      [CheckpointFile.Part(path, try open(member, in: archive, file, limits: limits))],
      configuration: try text("config.json", in: archive),
      metadata: try text("metadata.json", in: archive))
  }

  private static func text(
    _ name: String, in archive: borrowing ZipArchive
  ) throws(CheckpointError) -> String? {
    let bytes = try converting { () throws(ZipError) in
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
    let offset = try converting { () throws(ZipError) in try archive.contentOffset(of: member) }
    if let offset {
      // Verify the checksum before any use of the bytes, and discard them.
      try converting { () throws(ZipError) in
        try unsafe archive.read(member, limit: .max) { _ in true }
      }
      let section = try opening(path) { () throws(FileError) in
        try FileSection(offset..<offset + member.count, of: disk)
      }
      return try converting { () throws(HDF5Error) in
        try File.open(section, named: path, limits: limits)
      }
    }
    let image = try converting { () throws(ZipError) in
      try unsafe FileImage { append throws(ZipError) in
        let limit = ExpansionLimit.weights.bytes(compressed: member.storedCount)
        return try unsafe archive.read(member, limit: limit) { unsafe append($0) }
      }
    }
    do throws(HDF5Error) {
      return try File.open(
        image, named: path, limits: limits, in: archive.takeProcess())
    } catch {
      throw .file(error)
    }
  }
}

extension KerasArchive: WritableModelFormat {
  package static func losses(of contents: ModelContents) -> [String] { contents.differsInKeras3 }

  package static func encode(_ contents: ModelContents) throws(CheckpointError) -> EncodedModel {
    let config = try contents.archiveConfig()
    let weights = try contents.universalImage().finished()
    var zip = ZipWriter()
    var head: [UInt8] = []
    try converting { () throws(ZipError) in
      for (name, text) in [("metadata.json", metadata), ("config.json", config)] {
        let text = Array(text.utf8)
        head += try unsafe text.span.bytes.withUnsafeBytes { bytes throws(ZipError) in
          try unsafe zip.header(of: name, content: bytes)
        }
        head += text
      }
      // Aligned to an offset at which HDF5 readers search for a signature, so that they can open
      // the archive itself.
      head += try unsafe weights.withUnsafeBytes { bytes throws(ZipError) in
        try unsafe zip.header(of: "model.weights.h5", content: bytes, isAligned: true)
      }
    }
    return .hdf5(weights, before: head, after: zip.directory())
  }

  /// The text of `metadata.json`.
  ///
  /// The date is constant, so that equal models give byte-identical archives.
  private static var metadata: String {
    JSON.object([
      "keras_version": .string(KerasLayout.kerasVersion),
      "date_saved": .string("1980-01-01@00:00:00"),
    ]).text
  }
}

extension ModelContents {
  /// Makes the text of `config.json`, from which Keras rebuilds and compiles the model.
  ///
  /// - Returns: The text.
  /// - Throws: ``CheckpointError/unsupportedModel(_:)`` if the model is not just a graph of layers.
  func archiveConfig() throws(CheckpointError) -> String {
    guard let architecture else { throw .unsupportedModel(ModelContents.noGraph) }
    var config = architecture.kerasConfig(.archive).object ?? [:]
    if let compiled { config["compile_config"] = compiled.compileConfig }
    return JSON.object(config).text
  }
}
