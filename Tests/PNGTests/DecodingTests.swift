import PNG
import Testing

@Suite("Decoding")
struct DecodingTests {
  static let layouts = [
    "gray-1", "gray-2", "gray-4", "gray-8", "gray-16", "gray-1-trns", "gray-2-trns", "gray-4-trns",
    "gray-8-trns", "gray-16-trns", "rgb-8", "rgb-16", "rgb-8-trns", "rgb-16-trns", "palette-1",
    "palette-2", "palette-4", "palette-8", "palette-1-trns", "palette-2-trns", "palette-4-trns",
    "palette-8-trns", "gray-alpha-8", "gray-alpha-16", "rgba-8", "rgba-16",
  ]

  @Test("Every color type, depth and transparency gives the pixels", arguments: layouts)
  func decodesEveryLayout(name: String) throws {
    let image = try Image.decode(contentsOf: Fixtures.path(name + ".png"))
    #expect(image.width == 13)
    #expect(image.height == 11)
    #expect(image.format == .rgba16)
    #expect(try image.samples == Fixtures.samples(name + ".rgba16"))
  }

  @Test("Interlaced, every one gives the same pixels", arguments: layouts)
  func decodesInterlaced(name: String) throws {
    let image = try Image.decode(contentsOf: Fixtures.path(name + "-interlaced.png"))
    #expect(try image.samples == Fixtures.samples(name + ".rgba16"))
  }

  @Test(
    "Interlaced images smaller than the passes are whole",
    arguments: [(1, 1), (2, 1), (1, 5), (5, 3)])
  func decodesTinyInterlaced(width: Int, height: Int) throws {
    let name = "tiny-\(width)x\(height)"
    let image = try Image.decode(contentsOf: Fixtures.path(name + "-interlaced.png"))
    #expect(image.width == width)
    #expect(image.height == height)
    #expect(try image.samples == Fixtures.samples(name + ".rgba16"))
  }

  @Test("A gamma and a white point are not applied")
  func ignoresGamma() throws {
    let image = try Image.decode(contentsOf: Fixtures.path("gamma.png"))
    #expect(try image.samples == Fixtures.samples("gamma.rgba16"))
  }

  @Test("What follows the last chunk is ignored")
  func ignoresTrailer() throws {
    let bytes = try Fixtures.bytes("rgba-8.png")
    #expect(try Image.decode(bytes + [1, 2, 3]) == Image.decode(bytes))
  }

  @Test("A picture of exactly 4096 pixels a side is read", arguments: [(4096, 3), (3, 4096)])
  func decodesLargest(width: Int, height: Int) throws {
    let image = Image(
      width: width, height: height, gray: [UInt8](repeating: 7, count: width * height))
    let decoded = try Image.decode(image.encoded())
    #expect(decoded.width == width && decoded.height == height)
    let pixel: [UInt16] = [1799, 1799, 1799, 65535]
    #expect(Array(decoded.samples.suffix(4)) == pixel)
  }
}
