import CheckpointStore
import HDF5
import Zip

extension CheckpointStore {
  /// Writes a `.keras` archive.
  ///
  /// - Parameters:
  ///   - members: The names and texts of the first members.
  ///   - weights: The content of the last member, `model.weights.h5`. It is aligned to an offset at
  ///     which HDF5 readers search for a signature, so that they can open the archive itself.
  /// - Returns: The number of bytes.
  /// - Throws: ``CheckpointError`` if it cannot be written; the file at the path is then unchanged.
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
      throw .store(.writing(path: path, reason: "\(error)"))
    }
    let directory = zip.directory()
    return try unsafe head.span.bytes.withUnsafeBytes { head throws(CheckpointError) in
      try unsafe directory.span.bytes.withUnsafeBytes { directory throws(CheckpointError) in
        try unsafe weights.withUnsafeBytes { weights throws(CheckpointError) in
          try storing { () throws(StoreError) in
            try unsafe write([head, weights, directory])
          }
        }
      }
    }
  }
}
