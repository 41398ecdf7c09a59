import Images
import Testing

@Suite("Decoding")
struct DecodingTests {
  static let layouts = [
    "gray-1", "gray-2", "gray-4", "gray-8", "gray-16", "gray-1-trns", "gray-2-trns", "gray-4-trns",
    "gray-8-trns", "gray-16-trns", "rgb-8", "rgb-16", "rgb-8-trns", "rgb-16-trns", "palette-1",
    "palette-2", "palette-4", "palette-8", "palette-1-trns", "palette-2-trns", "palette-4-trns",
    "palette-8-trns", "gray-alpha-8", "gray-alpha-16", "rgba-8", "rgba-16",
  ]

  @Test("All colour types, bit depths and kinds of transparency are decoded", arguments: layouts)
  func decodesEveryLayout(name: String) throws {
    let image = try Image.decode(contentsOf: Fixtures.path(name + ".png"))
    #expect(image.width == 13)
    #expect(image.height == 11)
    #expect(image.format == .rgba16)
    #expect(try image.samples == Fixtures.samples(name + ".rgba16"))
  }

  @Test("Blocks are averaged, weighted by alpha, in every layout", arguments: layouts)
  func reducesEveryLayout(name: String) throws {
    let whole = try Fixtures.samples(name + ".rgba16").map(Int.init)
    for (factor, limit) in [(2, 42), (3, 41), (13, 1)] {
      let image = try Image.decode(
        contentsOf: Fixtures.path(name + ".png"), downscaledAbove: limit)
      let (width, height) = ((13 + factor - 1) / factor, (11 + factor - 1) / factor)
      #expect(image.reduction == factor && image.width == width && image.height == height)
      for block in 0..<width * height {
        var (sums, count) = ([0, 0, 0, 0], 0)
        for row in block / width * factor..<min(11, (block / width + 1) * factor) {
          for column in block % width * factor..<min(13, (block % width + 1) * factor) {
            let pixel = Array(whole[4 * (13 * row + column)..<4 * (13 * row + column + 1)])
            for channel in 0..<3 { sums[channel] += pixel[channel] * pixel[3] }
            sums[3] += pixel[3]
            count += 1
          }
        }
        let colours = (0..<3).map { sums[3] == 0 ? 0 : (sums[$0] + sums[3] / 2) / sums[3] }
        let wanted = colours + [(sums[3] + count / 2) / count]
        #expect(image.samples[4 * block..<4 * (block + 1)].map(Int.init) == wanted)
      }
    }
  }

  @Test("An interlaced file is not downscaled")
  func keepsInterlaced() throws {
    let path = Fixtures.path("rgb-8-interlaced.png")
    #expect(try Image.decode(contentsOf: path, downscaledAbove: 1).reduction == 1)
  }

  @Test("An interlaced file gives the same pixels", arguments: layouts)
  func decodesInterlaced(name: String) throws {
    let image = try Image.decode(contentsOf: Fixtures.path(name + "-interlaced.png"))
    #expect(try image.samples == Fixtures.samples(name + ".rgba16"))
  }

  @Test(
    "Interlaced images that are smaller than some passes are decoded",
    arguments: [(1, 1), (2, 1), (1, 5), (5, 3)])
  func decodesTinyInterlaced(width: Int, height: Int) throws {
    let name = "tiny-\(width)x\(height)"
    let image = try Image.decode(contentsOf: Fixtures.path(name + "-interlaced.png"))
    #expect(image.width == width)
    #expect(image.height == height)
    #expect(try image.samples == Fixtures.samples(name + ".rgba16"))
  }

  @Test("Gamma and white point are not applied")
  func ignoresGamma() throws {
    let image = try Image.decode(contentsOf: Fixtures.path("gamma.png"))
    #expect(try image.samples == Fixtures.samples("gamma.rgba16"))
  }

  @Test("Bytes after the last chunk are ignored")
  func ignoresTrailer() throws {
    let bytes = try Fixtures.bytes("rgba-8.png")
    #expect(try Image.decode(bytes + [1, 2, 3]) == Image.decode(bytes))
  }

  @Test("Long and narrow images are decoded", arguments: [(4096, 3), (3, 4097), (100_000, 2)])
  func decodesLong(width: Int, height: Int) throws {
    let image = Image(
      width: width, height: height, gray: [UInt8](repeating: 7, count: width * height))
    let decoded = try Image.decode(image.encoded())
    #expect(decoded.width == width && decoded.height == height)
    #expect(decoded.reduction == 1)
    let pixel: [UInt16] = [1799, 1799, 1799, 65535]
    #expect(Array(decoded.samples.suffix(4)) == pixel)
  }

  @Test("An image of more than 16 million pixels is downscaled while it is read")
  func reducesLarge() throws {
    // Gray levels by column; two columns become one.
    let decoded = try Image.decode(contentsOf: Fixtures.path("large.png"))
    #expect(decoded.reduction == 2)
    #expect(decoded.width == 4501 && decoded.height == 1001)
    let pixels = (0..<4500).map { UInt16($0 % 200 + 10) * 257 }
    for line in [0, 500, 1000] {
      let start = line * 4501 * 4
      #expect((0..<4500).map { decoded.samples[start + 4 * $0] } == pixels)
      #expect(decoded.samples[start + 4 * 4500 + 3] == 65535)
    }
    #expect(decoded.samples[4 * 4500] == UInt16(4500 % 200) * 257, "the last column is alone")
  }

  /// The results of Pillow's `exif_transpose` for the rows 10 20 30 and 40 50 60.
  static let upright: [(Int, [Int])] = [
    (1, [10, 20, 30, 40, 50, 60]), (2, [30, 20, 10, 60, 50, 40]), (3, [60, 50, 40, 30, 20, 10]),
    (4, [40, 50, 60, 10, 20, 30]), (5, [10, 40, 20, 50, 30, 60]), (6, [40, 10, 50, 20, 60, 30]),
    (7, [60, 30, 50, 20, 40, 10]), (8, [30, 60, 20, 50, 10, 40]),
  ]

  @Test("The orientation in an eXIf chunk is applied", arguments: upright)
  func turns(orientation: Int, levels: [Int]) throws {
    let image = try Image(width: 3, height: 2, gray: [10, 20, 30, 40, 50, 60]).encoded()
    let littleEndian: [UInt8] =
      [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0]
      + [UInt8(orientation), 0, 0, 0, 0, 0, 0, 0]
    let bigEndian: [UInt8] =
      [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1]
      + [0, UInt8(orientation), 0, 0, 0, 0, 0, 0]
    for exif in [littleEndian, bigEndian, Array("Exif\0\0".utf8) + bigEndian] {
      // Before and after the pixels.
      for position in [33, image.count - 12] {
        let bytes =
          image.prefix(position) + Fixtures.chunk("eXIf", exif) + image.dropFirst(position)
        let decoded = try Image.decode(Array(bytes))
        #expect(decoded.orientation == orientation)
        #expect(decoded.width == (orientation < 5 ? 3 : 2))
        let gray = stride(from: 0, to: decoded.samples.count, by: 4).map {
          Int(decoded.samples[$0]) / 257
        }
        #expect(gray == levels)
      }
    }
  }

  @Test(
    "An invalid eXIf chunk is ignored",
    arguments: [
      [], [0x4D], Array("MM\0*".utf8), [0x4D, 0x4D, 0, 0x2A, 0xFF, 0xFF, 0xFF, 0xFF],
      [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0xFF, 0xFF],
      // An orientation of 0 and of 9, two of them, and one as a text.
      [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0],
      [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 9, 0, 0],
      [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 2, 0, 6, 0, 6],
      [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 2, 0, 0, 0, 1, 6, 0, 0, 0],
    ] as [[UInt8]])
  func ignoresHostileOrientation(exif: [UInt8]) throws {
    let image = try Image(width: 3, height: 2, gray: [10, 20, 30, 40, 50, 60]).encoded()
    let bytes = image.prefix(33) + Fixtures.chunk("eXIf", exif) + image.dropFirst(33)
    let decoded = try Image.decode(Array(bytes))
    #expect(decoded == (try Image.decode(image)))
    #expect(decoded.orientation == 1)
  }
}
