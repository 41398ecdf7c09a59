/// Formats a number of bytes with decimal units: `33.4 MB`, `512 kB`.
///
/// - Parameter count: The number of bytes, at least 0.
/// - Returns: The size, rounded up to a tenth of a megabyte, or to a kilobyte below one.
func byteCount(_ count: Int) -> String {
  guard count >= 1_000_000 else { return "\(count / 1000 + (count % 1000 == 0 ? 0 : 1)) kB" }
  let tenths = count / 100_000 + (count % 100_000 == 0 ? 0 : 1)
  return "\(tenths / 10).\(tenths % 10) MB"
}
