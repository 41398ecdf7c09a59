/// Recognizes the formats of files by their first bytes.
public enum FileFormat {
  /// The first bytes of a PNG.
  package static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// The first bytes of a JPEG: the start of the image and the start of a marker.
  package static let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF]

  /// The first bytes of an HDF5 file without a user block.
  package static let hdf5: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  /// The first bytes of a zip archive.
  package static let zip: [UInt8] = [0x50, 0x4B, 3, 4]

  /// The first bytes of gzip data.
  package static let gzip: [UInt8] = [0x1F, 0x8B]

  /// All signatures; if a file begins with several of them, the first one decides.
  private static let signatures: [(bytes: [UInt8], name: String)] = [
    (png, "a PNG image"),
    (hdf5, "an HDF5 file"),
    (zip, "a zip archive"),
    (gzip, "gzip data"),
    (jpeg, "a JPEG image"),
    (Array("GIF8".utf8), "a GIF image"),
    (Array("BM".utf8), "a BMP image"),
    ([0x49, 0x49, 0x2A, 0x00], "a TIFF image"),
    ([0x4D, 0x4D, 0x00, 0x2A], "a TIFF image"),
    ([0x8A, 0x4D, 0x4E, 0x47], "an MNG animation"),
    ([0x89, 0x50, 0x4E, 0x47], "a PNG that was copied as text"),
    (Array("%PDF".utf8), "a PDF document"),
    ([0x00, 0x00, 0x08, 0x01], "an IDX file of labels"),
    ([0x00, 0x00, 0x08, 0x03], "an IDX file of images"),
    ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], "a NumPy array"),
    ([0x7F, 0x45, 0x4C, 0x46], "a program"),
    (Array("GGUF".utf8), "a GGUF model"),
    (
      Array("version https://git-lfs".utf8),
      "a Git LFS pointer ('git lfs pull' fetches the file itself)"
    ),
  ]

  /// Names the format of a file.
  ///
  /// - Parameter head: The first bytes of the file: 512, or all if there are fewer.
  /// - Returns: A noun phrase such as "a JPEG image"; `nil` if the format is unknown.
  public static func name(of head: some Collection<UInt8>) -> String? {
    let head = Array(head.prefix(512))
    func has(_ text: String, at offset: Int) -> Bool {
      head.dropFirst(offset).starts(with: text.utf8)
    }
    if has("RIFF", at: 0), has("WEBP", at: 8) { return "a WebP image" }
    if has("ftyp", at: 4) { return "an HEIF, AVIF or MP4 file" }
    if let signature = signatures.first(where: { head.starts(with: $0.bytes) }) {
      return signature.name
    }
    // The length of the header in eight bytes, then the header as JSON.
    if has("{", at: 8), head[4..<8].allSatisfy({ $0 == 0 }) { return "a safetensors file" }
    guard !head.isEmpty else { return nil }
    let isText = head.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }
    // The last character of 512 bytes may be cut off.
    let isUTF8 = (0...(head.count < 512 ? 0 : 3)).contains {
      String(validating: head.dropLast($0), as: UTF8.self) != nil
    }
    return isText && isUTF8 ? "text" : nil
  }
}
