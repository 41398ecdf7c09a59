import Glibc

/// What a file that is not HDF5 is, by how it begins; `nil` if that tells nothing.
func kindByMagic(of path: String) -> String? {
  guard let file = unsafe fopen(path, "rb") else { return nil }
  defer { unsafe fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 256)
  let count = unsafe fread(&bytes, 1, bytes.count, file)
  let head = bytes.prefix(count)
  func begins(_ magic: String) -> Bool { head.starts(with: magic.utf8) }
  if begins("PK\u{3}\u{4}") { return "a zip archive, as .keras files are" }
  if head.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "a PNG picture" }
  if head.starts(with: [0x1F, 0x8B]) { return "gzip data" }
  if begins("version https://git-lfs") {
    return "a Git LFS pointer; fetch the file with git lfs pull"
  }
  if begins("\u{93}NUMPY") || head.starts(with: [0x93, 0x4E, 0x55, 0x4D]) {
    return "a NumPy array"
  }
  let isText = head.allSatisfy { $0 >= 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
  return isText ? "text" : nil
}
