import Inference
import Images
import TestSupport
import Testing

/// Finds and creates the images of the tests.
enum Pictures {
  static let ofMNIST = (0..<10).map(String.init)
  static let drawn = [
    "drawn-0-thin-off-centre", "drawn-1-black-on-transparent", "drawn-2-white-on-transparent",
    "drawn-3-palette", "drawn-4-chalk", "drawn-5-pencil-16-bit", "drawn-6-interlaced",
    "drawn-7-uneven-light", "drawn-8-red-in-wide-picture", "drawn-9-half-transparent-paper",
  ]
  static let made = ["wide", "tall", "dot", "small", "specks", "glass", "noisy"]

  static func load(_ name: String) throws -> Image {
    try Image.decode(
      contentsOf: made.contains(name)
        ? fixture("\(name).png") : "\(packageDirectory)/samples/\(name).png")
  }

  /// The result of `tools/fixtures/preprocess.py` for an image.
  static func expected(_ name: String) throws -> [UInt8] {
    let bytes = try readBytes(fixture(name))
    try #require(bytes.count == 784)
    return bytes
  }

  static func largestDifference(_ a: [UInt8], _ b: [UInt8]) -> Int {
    zip(a, b).map { abs(Int($0) - Int($1)) }.max() ?? 0
  }

  static func meanDifference(_ a: [UInt8], _ b: [UInt8]) -> Double {
    Double(zip(a, b).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }) / Double(a.count)
  }

  /// Creates a gray image from a function of column and row.
  static func gray(_ width: Int, _ height: Int, _ level: (Int, Int) -> Int) -> Image {
    Image(
      width: width, height: height,
      gray: (0..<width * height).map { UInt8(level($0 % width, $0 / width)) })
  }

  /// Creates an RGBA image from a function of column and row.
  static func rgba(_ width: Int, _ height: Int, _ pixel: (Int, Int) -> [UInt16]) -> Image {
    Image(
      width: width, height: height, format: .rgba8,
      samples: (0..<width * height).flatMap { pixel($0 % width, $0 / width) })
  }

  /// Whether a pixel belongs to a seven of 30 x 50 pixels with its corner at (0, 0).
  static func isSeven(_ x: Int, _ y: Int) -> Bool {
    guard (0..<30).contains(x), (0..<50).contains(y) else { return false }
    return y < 7 || abs(x - (26 - y * 2 / 5)) < 4
  }
}
