import Glibc
import Images
import TestSupport
import Testing

@Suite("Refusing files")
struct RefusalTests {
  /// The message of the error that decoding some bytes gives.
  static func message(_ bytes: [UInt8]) -> String? {
    do {
      _ = try Image.decode(bytes)
      return nil
    } catch {
      return error.description
    }
  }

  @Test(
    "The error for a file that is neither a PNG nor a JPEG names its format",
    arguments: [
      ([], "an empty file"),
      ([0xFF, 0xD8], "the first 2 bytes of a JPEG"),
      (Array("GIF89a".utf8), "a GIF image"),
      ([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0], "an HDF5 file"),
      (Array("RIFF1234WEBPVP8 ".utf8), "a WebP image"),
      ([0, 0, 0, 0x18] + Array("ftypheic".utf8), "an HEIF, AVIF or MP4 file"),
      ([0, 0, 8, 3, 0, 0, 0x27, 0x10], "an IDX file of images"),
      (Array("seven, drawn as text: \u{E9}\n".utf8), "text"),
      ([0, 0, 0, 0], "only zero bytes"),
      ([1, 2, 3, 4, 5, 6, 7, 8], "an unknown format"),
      ([0x89, 0x50, 0x4E, 0x47, 0x0A, 0x1A, 0x0A, 0], "a PNG that was copied as text"),
      ([0x89, 0x50, 0x4E], "the first 3 bytes of a PNG"),
    ] as [([UInt8], String)])
  func namesWhatItIs(bytes: [UInt8], name: String) {
    #expect(Self.message(bytes) == "Cannot read the image: it is \(name), not a PNG or JPEG")
  }

  @Test("Text is recognized if its 512th byte is inside a character")
  func recognisesLongText() {
    let text = Array(("a" + String(repeating: "\u{E9}", count: 600)).utf8)
    #expect(Self.message(text) == "Cannot read the image: it is text, not a PNG or JPEG")
  }

  @Test("The error for a file that does not exist has the system's message")
  func missingFile() {
    let error = #expect(throws: ImageError.self) { try Image.decode(contentsOf: "/nowhere/7.png") }
    #expect(error?.description == "Cannot open '/nowhere/7.png': No such file or directory")
    #expect(error == ImageError(.unreadable("No such file or directory"), path: "/nowhere/7.png"))
  }

  @Test("A folder and a device are refused")
  func refusesFolders() {
    let folder = #expect(throws: ImageError.self) { try Image.decode(contentsOf: "/") }
    #expect(folder?.description == "Cannot open '/': it is a directory, not a regular file")
    let device = #expect(throws: ImageError.self) { try Image.decode(contentsOf: "/dev/zero") }
    #expect(device?.reason == .unreadable("it is a device, not a regular file"))
  }

  @Test("A file that reports no size is read to its end")
  func readsFilesOfUnknownSize() {
    let error = #expect(throws: ImageError.self) {
      try Image.decode(contentsOf: "/proc/self/status")
    }
    #expect(error?.reason == .otherFormat(found: "text"))
  }

  @Test("A FIFO without a writer is refused without blocking")
  func refusesPipes() throws {
    try withTemporaryDirectory { folder in
      let pipe = folder + "/pipe.png"
      try #require(mkfifo(pipe, 0o600) == 0)
      let error = #expect(throws: ImageError.self) {
        try Image.decode(contentsOf: pipe)
      }
      #expect(error?.reason == .unreadable("it is a FIFO, not a regular file"))
    }
  }

  @Test("A file larger than 256 MiB is refused")
  func refusesLargeFiles() throws {
    try withTemporaryDirectory { folder in
      let path = folder + "/large.png"
      let descriptor = unsafe open(path, O_WRONLY | O_CREAT, 0o600)
      #expect(ftruncate(descriptor, 256 << 20 + 1) == 0)
      close(descriptor)
      let error = #expect(throws: ImageError.self) { try Image.decode(contentsOf: path) }
      #expect(error?.reason == .tooLarge("the file is larger than the limit of 256 MiB"))
    }
  }

  @Test("The error for a damaged file contains the path")
  func namesFile() throws {
    try withTemporaryDirectory { folder in
      let path = folder + "/7.png"
      let file = try unsafe #require(fopen(path, "w"))
      let bytes = try Fixtures.bytes("rgb-8.png")
      unsafe fwrite(bytes, 1, 60, file)
      unsafe fclose(file)
      let error = #expect(throws: ImageError.self) { try Image.decode(contentsOf: path) }
      #expect(error?.path == path)
      #expect(error?.description.hasPrefix("Cannot read '\(path)': the PNG is damaged: ") == true)
    }
  }

  @Test(
    "A file that is truncated at any byte is an error",
    arguments: ["palette-4-trns-interlaced", "rgba-16", "gray-1"])
  func refusesTruncated(name: String) throws {
    let bytes = try Fixtures.bytes(name + ".png")
    for count in 0..<bytes.count {
      #expect(Self.message(Array(bytes.prefix(count))) != nil, "cut to \(count) bytes")
    }
  }

  @Test(
    "A flipped bit is an error or changes nothing",
    arguments: ["palette-4-trns-interlaced", "rgba-16", "gray-1"])
  func refusesFlippedBits(name: String) throws {
    let bytes = try Fixtures.bytes(name + ".png")
    for bit in 0..<bytes.count * 8 {
      var flipped = bytes
      flipped[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(Self.message(flipped) != nil, "bit \(bit)")
    }
  }

  @Test(
    "A flipped bit under a repaired checksum does not crash, nor alter pixels unnoticed",
    arguments: ["palette-4-trns-interlaced", "rgba-16", "gray-1", "tiny-5x3-interlaced"])
  func survivesRepairedFlips(name: String) throws {
    let bytes = try Fixtures.bytes(name + ".png")
    let image = try Image.decode(bytes)
    var position = 8
    while position < bytes.count {
      let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      let type = String(decoding: bytes[position + 4..<position + 8], as: UTF8.self)
      for bit in 0..<length * 8 {
        var data = Array(bytes[position + 8..<position + 8 + length])
        data[bit / 8] ^= 1 << UInt8(bit % 8)
        let decoded = try? Image.decode(
          bytes[..<position] + Fixtures.chunk(type, data) + bytes[(position + 12 + length)...])
        // A palette may say another colour; pixels carry a checksum of their own.
        if type == "IDAT" {
          #expect(decoded == nil || decoded == image, "bit \(bit) of the \(type) at \(position)")
        }
      }
      position += 12 + length
    }
  }

  @Test("A text chunk that declares 2 GB in 44 bytes is refused without allocating memory")
  func refusesTextBomb() throws {
    var bomb = Fixtures.signature + Fixtures.header()
    bomb += Fixtures.bigEndian(0x7FFF_FFFF) + Array("tEXt".utf8)
    bomb += [0, 0, 0]
    #expect(bomb.count == 44)
    #expect(
      Self.message(bomb + [0])
        == "Cannot read the image: the PNG is damaged: "
        + "it is truncated: its tEXt chunk of 2147483647 bytes has 0 left")
    #expect(Self.message(bomb) == "Cannot read the image: the PNG is damaged: it is truncated")
  }

  @Test(
    "An image with more pixels than the limit is refused",
    arguments: [
      (131_073, 1, "131072 a side"), (1, 131_073, "131072 a side"),
      (0x7FFF_FFFF, 0x7FFF_FFFF, "131072 a side"), (100_000, 2_685, "268435456 in all"),
    ])
  func refusesOversize(width: Int, height: Int, limit: String) {
    let file =
      Fixtures.signature + Fixtures.header(width: width, height: height)
      + Fixtures.chunk("IDAT", Fixtures.data) + Fixtures.chunk("IEND")
    #expect(
      Self.message(file)
        == "Cannot read the image: \(width) x \(height) pixels exceed the limit of \(limit)")
  }

  @Test("An interlaced image that would have to be downscaled is refused")
  func refusesLargeInterlaced() {
    let file =
      Fixtures.signature + Fixtures.header(width: 4097, height: 4096, rest: [0, 0, 1])
      + Fixtures.chunk("IDAT", Fixtures.data) + Fixtures.chunk("IEND")
    #expect(
      Self.message(file)
        == "Cannot read the image: 4097 x 4096 pixels exceed the limit of 16777216 in all "
        + "for an interlaced PNG")
  }

  /// Chunks after the signature, and the message they give (nil: none).
  static let structures: [([UInt8], String?)] = [
    (header + data + end, nil),
    (header + Fixtures.chunk("tEXt", [1]) + data + Fixtures.chunk("zzZz") + end, nil),
    (data + end, "its first chunk is IDAT instead of IHDR"),
    (Fixtures.chunk("CgBI") + header + data + end, "its first chunk is CgBI instead of IHDR"),
    (header + header + data + end, "it has two IHDR chunks"),
    (Fixtures.chunk("IHDR", [0]) + end, "its IHDR chunk has 1 bytes instead of 13"),
    (Fixtures.header(width: 0), "its size is 0 x 2 pixels"),
    (Fixtures.header(depth: 3), "its color type 0 with 3 bits does not exist"),
    (Fixtures.header(depth: 4, colorType: 2), "its color type 2 with 4 bits does not exist"),
    (Fixtures.header(colorType: 1), "its color type 1 with 8 bits does not exist"),
    (
      Fixtures.header(rest: [0, 0, 2]),
      "its compression, filter or interlace method does not exist"
    ),
    (header + end, "it has no pixels"),
    (header + data, "it is truncated"),
    (header + data + Fixtures.chunk("IEND", [1]), "its IEND chunk is not empty"),
    (
      header + Fixtures.chunk("ZZZZ") + data + end,
      "its critical chunk ZZZZ is not in the PNG standard"
    ),
    (header + Fixtures.chunk("a1cd") + data + end, "there is no chunk at byte 33"),
    (
      header + data + Fixtures.chunk("tIME", [0]) + Fixtures.chunk("IDAT") + end,
      "its IDAT chunks are not consecutive"
    ),
    (
      header + Fixtures.chunk("tRNS", [0]) + data + end,
      "its tRNS chunk does not fit its color type"
    ),
    (header + data + Fixtures.chunk("tRNS", [0, 0]) + end, "its tRNS chunk is out of place"),
    (Fixtures.header(colorType: 3) + data + end, "it has no palette before its pixels"),
    (
      Fixtures.header(depth: 1, colorType: 3)
        + Fixtures.chunk("PLTE", [0, 0, 0, 1, 1, 1, 2, 2, 2]),
      "its palette of 9 bytes does not fit its depth"
    ),
    (
      Fixtures.header(colorType: 3) + Fixtures.chunk("tRNS", [0])
        + Fixtures.chunk("PLTE", [0, 0, 0]),
      "its tRNS chunk does not fit its color type"
    ),
    (
      header + Fixtures.chunk("IDAT", [UInt8](repeating: 0, count: 70_000)) + end,
      "it has more compressed data than its pixels can need"
    ),
    (
      header + [UInt8]((0..<65_536).flatMap { _ in Fixtures.chunk("zzZz") }) + data + end,
      "it has more than 65536 chunks"
    ),
  ]
  static let header = Fixtures.header()
  static let data = Fixtures.chunk("IDAT", Fixtures.data)
  static let end = Fixtures.chunk("IEND")

  // By index, because a report of the test shows its arguments, and these can be megabytes.
  @Test(
    "Chunks that violate the format are refused, each with its reason",
    arguments: structures.indices)
  func checksStructure(index: Int) {
    let (chunks, reason) = Self.structures[index]
    let expected = reason.map { "Cannot read the image: the PNG is damaged: " + $0 }
    #expect(Self.message(Fixtures.signature + chunks) == expected)
  }

  @Test("libpng gets only the chunks that the pixels need")
  func filtersChunks() throws {
    let palette = Fixtures.chunk("PLTE", [9, 8, 7])
    let key = Fixtures.chunk("tRNS", [0, 9])
    let needed = Fixtures.signature + Self.header + key + Self.data + Self.end
    let given =
      Fixtures.signature + Self.header + Fixtures.chunk("gAMA", [0, 1, 134, 160])
      + Fixtures.chunk("iCCP", [1]) + palette + key + Fixtures.chunk("eXIf", [2])
      + Self.data + Fixtures.chunk("tEXt", [3]) + Self.end + [4]
    #expect(try ChunkFilter(given).stream == needed)
  }

  @Test("The error for a wrong checksum names the chunk")
  func checksumMessage() {
    var bytes = Fixtures.signature + Self.header + Self.data + Self.end
    bytes[33 + 9] ^= 1
    #expect(
      Self.message(bytes)
        == "Cannot read the image: the PNG is damaged: "
        + "the checksum of its IDAT chunk at byte 33 is wrong")
  }

  @Test("The error for invalid compressed data is libpng's message")
  func inflateMessage() {
    var broken = Fixtures.data
    broken[broken.count - 1] ^= 1
    let bytes = Fixtures.signature + Self.header + Fixtures.chunk("IDAT", broken) + Self.end
    #expect(
      Self.message(bytes)
        == "Cannot read the image: the PNG is damaged: IDAT: incorrect data check")
  }
}
