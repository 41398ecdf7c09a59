import HDF5
import Zip

extension CheckpointStore {
  /// Writes a `.keras` archive.
  ///
  /// - Parameters:
  ///   - members: The names and the texts of its first members.
  ///   - weights: The content of the last one, `model.weights.h5`; it begins where readers of HDF5 look
  ///     for it, so that they open the archive itself.
  /// - Returns: The number of bytes.
  /// - Throws: ``CheckpointError`` if it cannot be written; what was at the path is unchanged.
  func write(
    archive members: [(name: String, text: String)], weights: consuming FileImage
  ) throws(CheckpointError) -> Int {
    var zip = ZipWriter()
    let weights = weights
    var head: [UInt8] = []
    do throws(ZipError) {
      for member in members {
        let text = Array(member.text.utf8)
        head += try unsafe text.span.bytes.withUnsafeBytes { bytes throws(ZipError) in
          try unsafe zip.header(of: member.name, content: bytes)
        }
        head += text
      }
      head += try unsafe weights.withUnsafeBytes { bytes throws(ZipError) in
        try unsafe zip.header(of: "model.weights.h5", content: bytes, isAligned: true)
      }
    } catch {
      throw .writing(path: path, reason: "\(error)")
    }
    let directory = zip.directory()
    return try unsafe head.span.bytes.withUnsafeBytes { head throws(CheckpointError) in
      try unsafe directory.span.bytes.withUnsafeBytes { directory throws(CheckpointError) in
        try unsafe weights.withUnsafeBytes { weights throws(CheckpointError) in
          try unsafe write([head, weights, directory])
        }
      }
    }
  }
}
