import Images
import Sandbox
import TestSupport
import Testing

/// The files of `tools/fixtures/jpeg.py`, with the pixels that Pillow decodes.
@Suite("JPEG")
struct JPEGTests {
  static let kinds =
    ["444", "422", "420", "progressive", "restarts", "gray", "rgb", "cmyk", "ycck"]
    + (1...8).map { "orientation-\($0)" }

  static func bytes(_ name: String) throws -> [UInt8] { try Fixtures.bytes("jpeg-\(name).jpg") }

  /// The message of the error that decoding some bytes gives.
  static func message(_ bytes: [UInt8]) -> String? { RefusalTests.message(bytes) }

  static func damage(_ cause: String) -> String {
    "Cannot read the image: the JPEG is damaged: " + cause
  }

  /// The position of the first marker with a code.
  static func marker(_ code: UInt8, in bytes: [UInt8]) throws -> Int {
    try #require(
      bytes.indices.dropLast().first { bytes[$0] == 0xFF && bytes[$0 + 1] == code })
  }

  /// A file whose frame header is changed.
  static func changingFrame(
    of name: String, _ code: UInt8 = 0xC0, _ change: (inout ArraySlice<UInt8>) -> Void
  ) throws -> [UInt8] {
    var bytes = try bytes(name)
    let start = try marker(code, in: bytes)
    var frame = bytes[start..<start + 19]
    change(&frame)
    bytes.replaceSubrange(start..<start + 19, with: frame)
    return bytes
  }

  static func changingSize(
    of name: String, _ code: UInt8 = 0xC0, to width: Int, _ height: Int
  ) throws -> [UInt8] {
    try changingFrame(of: name, code) { frame in
      for (offset, number) in [(5, height), (7, width)] {
        frame[frame.startIndex + offset] = UInt8(number >> 8)
        frame[frame.startIndex + offset + 1] = UInt8(number & 255)
      }
    }
  }

  @Test("Every kind has the pixels that Pillow decodes", arguments: kinds)
  func decodes(kind: String) throws {
    let image = try Image.decode(contentsOf: Fixtures.path("jpeg-\(kind).jpg"))
    let swapsSides = ["orientation-5", "orientation-6", "orientation-7", "orientation-8"]
    let size = swapsSides.contains(kind) ? (29, 37) : (37, 29)
    #expect((image.width, image.height) == size)
    #expect(image.format == .rgba16 && image.reduction == 1)
    let rgb = try Fixtures.bytes("jpeg-\(kind).rgb")
    var expected: [UInt16] = []
    for start in stride(from: 0, to: rgb.count, by: 3) {
      expected += rgb[start..<start + 3].map { UInt16($0) * 257 }
      expected.append(65535)
    }
    #expect(image.samples == expected)
  }

  @Test("The Exif orientation is reported", arguments: 1...8)
  func reportsOrientation(number: Int) throws {
    #expect(try Image.decode(Self.bytes("orientation-\(number)")).orientation == number)
  }

  @Test("Bytes after the end, and before a marker, are ignored")
  func ignoresOtherBytes() throws {
    let bytes = try Self.bytes("420")
    #expect(try Image.decode(bytes + [1, 2, 3]) == Image.decode(bytes))
    let scan = try Self.marker(0xDA, in: bytes)
    #expect(try Image.decode(bytes[..<scan] + [1, 2, 3] + bytes[scan...]) == Image.decode(bytes))
  }

  @Test("An image of more than 16 million pixels is downscaled while it is read")
  func reducesLarge() throws {
    let image = try Image.decode(contentsOf: Fixtures.path("jpeg-large.jpg"))
    #expect(image.reduction == 2)
    #expect(image.width == 2112 && image.height == 2048)
    let row = stride(from: 0, to: 4 * 2112, by: 4).map { Int(image.samples[$0]) / 257 }
    // A gradient of 256 gray levels, from one side to the other.
    let middle = (0..<2112).filter { abs(row[$0] - $0 * 256 / 2112) > 12 }
    #expect(middle.isEmpty)
  }

  @Test(
    "A file that is truncated at any byte is an error",
    arguments: ["420", "progressive", "restarts", "cmyk"])
  func refusesTruncated(kind: String) throws {
    let bytes = try Self.bytes(kind)
    for count in 0..<bytes.count {
      #expect(Self.message(Array(bytes.prefix(count))) != nil, "cut to \(count) bytes")
    }
    #expect(Self.message(Array(bytes.dropLast())) == Self.damage("it is truncated"))
    // The end is there, but not all pixels.
    let cut = bytes.prefix(bytes.count - 200) + [0xFF, 0xD9]
    #expect(Self.message(Array(cut))?.hasPrefix(Self.damage("")) == true)
  }

  @Test("A flipped bit does not crash", arguments: ["420", "progressive", "gray", "ycck"])
  func survivesFlippedBits(kind: String) throws {
    let bytes = try Self.bytes(kind)
    for bit in 0..<bytes.count * 8 {
      var flipped = bytes
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      _ = try? Image.decode(flipped)
    }
  }

  @Test("A header that declares too many pixels is refused without decoding")
  func refusesBombs() throws {
    #expect(
      try Self.message(Self.changingSize(of: "420", to: 65535, 65535))
        == "Cannot read the image: 65535 x 65535 pixels exceed the limit of 268435456 in all")
    #expect(
      try Self.message(Self.changingSize(of: "420", to: 16000, 16000))?
        .hasSuffix(" bytes cannot contain 16000 x 16000 pixels") == true)
    #expect(
      try Self.message(Self.changingSize(of: "progressive", 0xC2, to: 8192, 8193))
        == "Cannot read the image: 8192 x 8193 pixels with 100794368 coefficients exceed the limit "
        + "of 100663296 coefficients for a progressive JPEG")
    var scans = try Self.changingSize(of: "gray", to: 4097, 4096)
    #expect(Self.message(scans)?.contains("cannot contain") == true)
    scans = try Self.changingSize(of: "420", to: 8192, 8193)
    scans[try Self.marker(0xDA, in: scans) + 4] = 1
    #expect(
      Self.message(scans)
        == "Cannot read the image: 8192 x 8193 pixels with 100794368 coefficients exceed the limit "
        + "of 100663296 coefficients for a JPEG of several scans")
    #expect(
      try Self.message(Self.changingSize(of: "420", to: 0, 5))
        == Self.damage("its size is 0 x 5 pixels"))
  }

  @Test("Kinds of JPEG that are not read are named")
  func namesUnsupported() throws {
    func message(_ offset: Int, _ value: UInt8) throws -> String? {
      try Self.message(Self.changingFrame(of: "420") { $0[$0.startIndex + offset] = value })
    }
    for (code, kind) in [
      (0xC3, "lossless coding"), (0xC5, "a hierarchical process"), (0xC9, "arithmetic coding"),
    ] as [(UInt8, String)] {
      #expect(
        try message(1, code)
          == "Cannot read the image: it is a JPEG with \(kind), which is not supported")
    }
    #expect(
      try message(4, 12)
        == "Cannot read the image: it is a JPEG with 12 bits per sample, which is not supported")
    #expect(try message(9, 2) == Self.damage("its frame header of 15 bytes is invalid"))
    #expect(try message(11, 0x51) == Self.damage("its sampling factors are not 1 to 4"))
  }

  @Test("Markers that violate the format are refused, each with its reason")
  func checksStructure() throws {
    let start: [UInt8] = [0xFF, 0xD8]
    func message(_ rest: [UInt8]) -> String? { Self.message(start + rest) }
    #expect(message([0xFF, 0xD9]) == Self.damage("it has no pixels"))
    #expect(message([0xFF, 0xD8]) == Self.damage("there is a second image at byte 2"))
    #expect(
      message([0xFF, 0xDA, 0, 3, 1, 0xFF, 0xD9])
        == Self.damage("it has no frame header before its pixels"))
    #expect(
      message([0xFF, 0xE0, 0, 1]) == Self.damage("the segment at byte 2 has a length of 1"))
    #expect(
      message([0xFF, 0xE0, 0xFF, 0xFF])
        == Self.damage("it is truncated: its segment of 65535 bytes at byte 2 has 2 left"))
    let bytes = try Self.bytes("420")
    let frame = try Self.marker(0xC0, in: bytes)
    var changed = bytes
    changed.insert(contentsOf: bytes[frame..<frame + 19], at: frame)
    #expect(Self.message(changed) == Self.damage("it has two frame headers"))
    let scan = try Self.marker(0xDA, in: bytes)
    changed = bytes
    for _ in 0..<100 { changed.insert(contentsOf: bytes[scan...].dropLast(2), at: scan) }
    #expect(Self.message(changed) == Self.damage("it has more than 100 scans"))
  }

  @Test("Pixels that libjpeg cannot decode are an error with its message")
  func reportsWarnings() throws {
    var bytes = try Self.bytes("444")
    let scan = try Self.marker(0xDA, in: bytes)
    // All ones are no Huffman code, and 0 follows each 0xFF in pixels.
    let ones = [[UInt8]](repeating: [0xFF, 0], count: 10)
    bytes.replaceSubrange(scan + 300..<scan + 320, with: ones.flatMap(\.self))
    #expect(Self.message(bytes)?.hasPrefix(Self.damage("Corrupt JPEG data: ")) == true)
  }

  @Test(
    "Several pictures together are the same as one by one",
    arguments: [Reader.sandboxed, .unconfined])
  func decodesMany(reader: Reader) throws {
    let names =
      DecodingTests.layouts.flatMap { ["\($0).png", "\($0)-interlaced.png"] }
      + Self.kinds.map { "jpeg-\($0).jpg" } + ["large.png"]
    var files = try names.map(Fixtures.bytes)
    files.insert(damagedPNG(), at: 3)
    files.insert([0, 1, 2], at: 5)
    var images = [Result<Image, ImageError>?](repeating: nil, count: files.count)
    var bitmaps = [Result<Bitmap, ImageError>?](repeating: nil, count: files.count)
    Image.decodeEach(files.indices, reader: reader, contents: { files[$0] }) { images[$0] = $1 }
    Bitmap.decodeEach(files.indices, reader: reader, contents: { files[$0] }) { bitmaps[$0] = $1 }
    for (index, file) in files.enumerated() {
      let image = Result { () throws(ImageError) in try Image.decode(file, reader: reader) }
      #expect(images[index] == image, "picture \(index)")
      switch bitmaps[index] {
      case .success(let bitmap):
        #expect(Bitmap(Image(bitmap)) == Bitmap(try image.get()), "picture \(index)")
      case .failure(let error): #expect(image == .failure(error))
      case nil: Issue.record("picture \(index) has no result")
      }
    }
    #expect(images.count { if case .failure = $0 { true } else { false } } == 2)
  }

  /// A PNG whose compressed samples are damaged.
  private func damagedPNG() -> [UInt8] {
    Fixtures.signature + Fixtures.header()
      + Fixtures.chunk("IDAT", [UInt8](repeating: 0xFF, count: 12)) + Fixtures.chunk("IEND")
  }
}
