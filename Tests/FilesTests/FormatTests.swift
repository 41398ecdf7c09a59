import Files
import Testing

@Suite("Checksums, byte order and formats")
struct FormatTests {
  @Test("CRC-32 has the standard's check value, computed in one piece or in several")
  func checksum() {
    let bytes = Array("123456789".utf8)
    #expect(CRC32.checksum(bytes[...]) == 0xCBF4_3926)
    #expect(CRC32.checksum([]) == 0)
    var checksum = CRC32()
    unsafe bytes[..<4].withUnsafeBytes { unsafe checksum.update($0) }
    unsafe bytes[4...].withUnsafeBytes { unsafe checksum.update($0) }
    #expect(checksum.value == 0xCBF4_3926)
  }

  @Test("Numbers are written and read in both byte orders")
  func byteOrder() {
    #expect(UInt32(0x0102_0304).littleEndianBytes == [4, 3, 2, 1])
    #expect(UInt32(littleEndianBytes: [4, 3, 2, 1]) == 0x0102_0304)
    #expect(UInt32(bigEndianBytes: [4, 3, 2, 1]) == 0x0403_0201)
    #expect(Int(littleEndianBytes: [0xFF, 0xFF]) == 65535)
    #expect(UInt64(bigEndianBytes: [UInt8](repeating: 0xFF, count: 8)) == .max)
  }

  @Test(
    "Formats are recognized by their first bytes",
    arguments: [
      (FileFormat.png, "a PNG image"), (FileFormat.hdf5 + [0], "an HDF5 file"),
      (FileFormat.zip, "a zip archive"), (FileFormat.gzip + [8], "gzip data"),
      (Array("RIFF1234WEBPVP8 ".utf8), "a WebP image"), (Array("GGUF".utf8), "a GGUF model"),
      ([8, 0, 0, 0, 0, 0, 0, 0] + Array("{\"a\":1}".utf8), "a safetensors file"),
      (Array("Grüße\n".utf8), "text"), ([], nil), ([0, 0, 0, 0], nil), ([0xC3], nil),
      // The last of the first 512 bytes is the first of two.
      (Array(("a" + String(repeating: "é", count: 600)).utf8), "text"),
    ] as [([UInt8], String?)])
  func formats(bytes: [UInt8], name: String?) {
    #expect(FileFormat.name(of: bytes) == name)
  }
}
