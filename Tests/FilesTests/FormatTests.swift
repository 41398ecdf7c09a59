import CZlib
import Files
import Testing

@Suite("Checksums, byte order, compression and formats")
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

  /// Compresses bytes as gzip.
  private func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var stream = unsafe z_stream()
    unsafe deflateInit2_(
      &stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      CInt(MemoryLayout<z_stream>.size))
    defer { unsafe deflateEnd(&stream) }
    var bytes = bytes
    var result = [UInt8](repeating: 0, count: bytes.count + 100)
    let count = unsafe bytes.withUnsafeMutableBufferPointer { input in
      unsafe result.withUnsafeMutableBufferPointer { output in
        unsafe stream.next_in = input.baseAddress
        unsafe stream.avail_in = uInt(input.count)
        unsafe stream.next_out = output.baseAddress
        unsafe stream.avail_out = uInt(output.count)
        unsafe #expect(deflate(&stream, Z_FINISH) == Z_STREAM_END)
        return unsafe output.count - Int(stream.avail_out)
      }
    }
    return Array(result.prefix(count))
  }

  @Test("Input in pieces is decompressed into pieces", arguments: [1, 7, 1000])
  func pieces(size: Int) throws {
    let bytes = (0..<3000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 3) }
    let packed = gzip(bytes)
    var inflater = try Inflater(.gzip)
    var result: [UInt8] = []
    var output = [UInt8](repeating: 0, count: size)
    for start in stride(from: 0, to: packed.count, by: size) {
      let part = Array(packed[start..<min(start + size, packed.count)])
      try unsafe part.withUnsafeBytes { part in
        unsafe inflater.setInput(part)
        var count = 0
        repeat {
          count = try unsafe output.withUnsafeMutableBytes { try unsafe inflater.fill($0) }
          result += output.prefix(count)
        } while count == size
        let next = inflater.nextByte
        #expect(next == nil)
      }
    }
    let isFinished = inflater.isFinished
    #expect(isFinished)
    #expect(result == bytes)
  }

  @Test("A wrong checksum is reported as damage")
  func damage() throws {
    var packed = gzip([1, 2, 3])
    packed[packed.count - 5] ^= 1
    var inflater = try Inflater(.gzip)
    var output = [UInt8](repeating: 0, count: 10)
    unsafe packed.withUnsafeBytes { packed in
      unsafe inflater.setInput(packed)
      #expect(throws: Inflater.Failure.damaged("incorrect data check")) {
        try unsafe output.withUnsafeMutableBytes { try unsafe inflater.fill($0) }
      }
    }
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
