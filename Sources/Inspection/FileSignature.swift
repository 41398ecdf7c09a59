/// What a file that is not HDF5 is, as its first bytes tell it.
enum FileSignature {
  /// Names what begins with `head`; nil if its bytes tell nothing.
  static func kind(of head: [UInt8]) -> String? {
    func begins(_ bytes: [UInt8]) -> Bool { head.starts(with: bytes) }
    func begins(_ text: String) -> Bool { head.starts(with: text.utf8) }
    if begins([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "a PNG picture" }
    if begins([0xFF, 0xD8, 0xFF]) { return "a JPEG picture" }
    if begins([0x1F, 0x8B]) { return "gzip-compressed data" }
    if begins("version https://git-lfs") {
      return "a Git LFS pointer ('git lfs pull' fetches the file itself)"
    }
    if begins([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) { return "a NumPy array" }
    if begins([0x7F, 0x45, 0x4C, 0x46]) { return "a program" }
    if begins("GGUF") { return "a GGUF model" }
    // A safetensors file: the length of its header in eight bytes, then the header, JSON.
    if head.count > 9, head[8] == UInt8(ascii: "{"), head[4..<8].allSatisfy({ $0 == 0 }) {
      return "a safetensors file"
    }
    let isText = head.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }
    // The last character may be cut off.
    let isUTF8 = (0...3).contains { String(validating: head.dropLast($0), as: UTF8.self) != nil }
    return isText && isUTF8 ? "text" : nil
  }
}
