import Files
import Images
import TestSupport
import Testing

/// The files of `tools/fixtures/png.py`.
enum Fixtures {
  static func path(_ name: String) -> String { fixture(name) }

  static func bytes(_ name: String) throws -> [UInt8] { try readBytes(path(name)) }

  /// The samples of an .rgba16 file.
  static func samples(_ name: String) throws -> [UInt16] {
    let bytes = try bytes(name)
    return stride(from: 0, to: bytes.count, by: 2).map {
      UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
    }
  }

  /// A chunk with its length and a right checksum.
  static func chunk(_ type: String, _ data: [UInt8] = []) -> [UInt8] {
    let body = Array(type.utf8) + data
    return bigEndian(data.count) + body + bigEndian(Int(CRC32.checksum(body[...])))
  }

  static func bigEndian(_ number: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  static func header(
    width: Int = 2, height: Int = 2, depth: UInt8 = 8, colorType: UInt8 = 0,
    rest: [UInt8] = [0, 0, 0]
  ) -> [UInt8] {
    chunk("IHDR", bigEndian(width) + bigEndian(height) + [depth, colorType] + rest)
  }

  /// 2 x 2 gray pixels 1, 2, 3, 4 in a stored deflate block.
  static let data: [UInt8] = [
    0x78, 0x01, 0x01, 6, 0, 0xF9, 0xFF, 0, 1, 2, 0, 3, 4, 0x00, 0x1D, 0x00, 0x0B,
  ]
}
