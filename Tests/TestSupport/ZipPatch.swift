/// Changes what a zip archive says about one of its members: that it is deflated, and how large it
/// is when it is decompressed.
///
/// - Parameters:
///   - count: The decompressed size in bytes.
///   - name: The name of the member.
///   - archive: The archive.
/// - Returns: The changed archive.
package func declaring(_ count: Int, of name: String, in archive: [UInt8]) -> [UInt8] {
  var archive = archive
  let name = Array(name.utf8)
  let size = (0..<4).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
  // The signatures of a member and of its record in the directory, and where their fields are.
  for (signature, method, size0, nameStart) in [
    ([0x50, 0x4B, 3, 4] as [UInt8], 8, 22, 30), ([0x50, 0x4B, 1, 2], 10, 24, 46),
  ] {
    for start in 0..<max(0, archive.count - nameStart - name.count)
    where archive[start..<start + 4].elementsEqual(signature)
      && archive[(start + nameStart)...].starts(with: name)
    {
      archive.replaceSubrange(start + method..<start + method + 2, with: [8, 0])
      archive.replaceSubrange(start + size0..<start + size0 + 4, with: size)
    }
  }
  return archive
}
