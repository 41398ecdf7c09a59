import Files
import HDF5

extension CheckpointFile {
  /// Computes the SHA-256 of the file, or of the concatenated shards of a sharded model.
  ///
  /// - Returns: SHA-256 in hexadecimal, as `sha256sum` prints it for one file.
  /// - Throws: ``CheckpointError/file(_:)`` if a file cannot be read.
  package func sha256() throws(CheckpointError) -> String {
    var hash = SHA256()
    for path in container.format == .shards ? container.parts.map(\.path) : [path] {
      do throws(FileError) {
        let file = try DiskFile(path)
        for start in stride(from: 0, to: file.size, by: 1 << 20) {
          hash.update(try file.bytes(1 << 20, at: start))
        }
      } catch {
        throw .file(
          HDF5Error(operation: .read, file: path, object: nil, cause: HDF5Error.Cause(error)))
      }
    }
    let digits = Array("0123456789abcdef")
    return String(hash.digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
