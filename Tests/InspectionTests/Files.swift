import HDF5
import TestSupport

/// Writes an HDF5 file.
///
/// - Parameters:
///   - path: Where to.
///   - body: Fills the root.
/// - Throws: What `body` throws, or `IOError`.
func writeFile(
  _ path: String, _ body: (borrowing GroupWriter) throws -> Void
) throws {
  let writer = try File.create()
  try body(writer.root)
  let image = try writer.finish()
  try writeBytes(image.withUnsafeBytes { Array($0) }, to: path)
}
