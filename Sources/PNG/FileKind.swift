/// Says in words what bytes are that are not a PNG.
enum FileKind {
  private static let magics: [(bytes: [UInt8], name: String)] = [
    ([0xFF, 0xD8, 0xFF], "a JPEG image"),
    (Array("GIF8".utf8), "a GIF image"),
    ([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], "an HDF5 file"),
    (Array("BM".utf8), "a BMP image"),
    ([0x49, 0x49, 0x2A, 0x00], "a TIFF image"),
    ([0x4D, 0x4D, 0x00, 0x2A], "a TIFF image"),
    (Array("%PDF".utf8), "a PDF document"),
    (Array("PK\u{3}\u{4}".utf8), "a ZIP archive"),
    ([0x1F, 0x8B], "gzip data"),
    ([0x00, 0x00, 0x08, 0x01], "an IDX file of labels"),
    ([0x00, 0x00, 0x08, 0x03], "an IDX file of images"),
    ([0x8A, 0x4D, 0x4E, 0x47], "an MNG animation"),
    ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], "a NumPy array"),
    ([0x89, 0x50, 0x4E, 0x47], "a PNG that was copied as text"),
  ]

  /// A noun phrase such as "a JPEG image".
  static func name(of bytes: [UInt8]) -> String {
    if bytes.isEmpty { return "an empty file" }
    if ChunkFilter.signature.starts(with: bytes) { return "the first \(bytes.count) bytes of one" }
    if bytes.starts(with: Array("RIFF".utf8)), bytes.dropFirst(8).starts(with: Array("WEBP".utf8)) {
      return "a WebP image"
    }
    if bytes.dropFirst(4).starts(with: Array("ftyp".utf8)) { return "an HEIF, AVIF or MP4 file" }
    if let magic = magics.first(where: { bytes.starts(with: $0.bytes) }) { return magic.name }
    let head = bytes.prefix(512)
    if head.allSatisfy({ $0 == 0 }) { return "nothing but zero bytes" }
    let isText = head.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }
    // The last character of 512 bytes may be cut, so the end is not asked to be UTF-8.
    let isUTF8 = String(validating: head.dropLast(bytes.count > 512 ? 3 : 0), as: UTF8.self) != nil
    return isText && isUTF8 ? "text" : "data of another kind"
  }
}
