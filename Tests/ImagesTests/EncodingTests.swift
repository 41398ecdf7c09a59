import Glibc
import Images
import TestSupport
import Testing

@Suite("Encoding")
struct EncodingTests {
  /// The image that `tools/fixtures/png.py --check` expects in the `written-*.png` files.
  static func picture(_ format: Image.Format) -> Image {
    Image(
      width: 19, height: 6, format: format,
      samples: (0..<19 * 6 * format.channels).map { UInt16($0 * 7 % 256) })
  }

  /// The 16-bit samples that the decoder returns for 8-bit samples.
  static func widened(_ image: Image) -> [UInt16] {
    stride(from: 0, to: image.samples.count, by: image.format.channels).flatMap {
      let pixel = image.samples[$0..<$0 + image.format.channels].map { $0 * 257 }
      let color = pixel.count < 3 ? [pixel[0], pixel[0], pixel[0]] : Array(pixel.prefix(3))
      return color + [pixel.count == 4 ? pixel[3] : 65535]
    }
  }

  @Test(
    "Gray, RGB and RGBA images are decoded as they were encoded",
    arguments: [Image.Format.gray8, .rgb8, .rgba8])
  func roundTrip(format: Image.Format) throws {
    let image = Self.picture(format)
    let decoded = try Image.decode(image.encoded())
    #expect(decoded.width == 19 && decoded.height == 6)
    #expect(decoded.samples == Self.widened(image))
  }

  @Test(
    "The encoder writes the files that were verified with Pillow",
    arguments: [Image.Format.gray8, .rgb8, .rgba8])
  func matchesFilesReadByPillow(format: Image.Format) throws {
    let today = try Self.picture(format).encoded()
    let then = try Fixtures.bytes("written-\(format).png")
    // Signature and IHDR; the compressed bytes depend on the version of zlib.
    #expect(today.prefix(33) == then.prefix(33))
    #expect(try Image.decode(today) == Image.decode(then))
  }

  @Test("16-bit samples are rounded to 8 bits")
  func roundsSixteenBits() throws {
    let image = Image(
      width: 2, height: 1, format: .rgba16,
      samples: [0, 128, 129, 65535, 65407, 65406, 32896, 32767])
    let decoded = try Image.decode(image.encoded())
    #expect(decoded.samples == [0, 0, 1, 255, 255, 254, 128, 127].map { $0 * 257 })
  }

  @Test("A file contains the encoded bytes, and an existing file is overwritten")
  func writesFile() throws {
    try withTemporaryDirectory { folder in
      let path = folder + "/a.png"
      try Image(width: 64, height: 64, gray: (0..<4096).map { UInt8($0 * 31 % 251) }).write(
        to: path)
      let image = Self.picture(.rgb8)
      try image.write(to: path)
      #expect(try Image.decode(contentsOf: path).samples == Self.widened(image))
      var status = stat()
      unsafe #expect(stat(path, &status) == 0)
      #expect(try Int(status.st_size) == image.encoded().count)
    }
  }

  @Test("The error for a folder that does not exist contains the path")
  func reportsUncreatable() {
    let error = #expect(throws: ImageError.self) {
      try Self.picture(.gray8).write(to: "/nowhere/a.png")
    }
    #expect(error?.description == "Cannot create '/nowhere/a.png': No such file or directory")
    #expect(error?.reason == .uncreatable("No such file or directory"))
  }

  @Test("A full disk is an error")
  func reportsFullDisk() {
    let error = #expect(throws: ImageError.self) { try Self.picture(.gray8).write(to: "/dev/full") }
    #expect(error?.description == "Cannot write '/dev/full': No space left on device")
  }
}
