import HDF5
import TestSupport

/// Writes an HDF5 file.
///
/// - Parameters:
///   - path: The path of the file.
///   - body: Fills the root group.
/// - Throws: The error of `body`, or `IOError`.
func writeFile(
  _ path: String, _ body: (borrowing GroupWriter) throws -> Void
) throws {
  let writer = try File.create()
  try body(writer.root)
  let image = try writer.finish()
  try unsafe writeBytes(image.withUnsafeBytes { unsafe Array($0) }, to: path)
}
