import Glibc
import Inference
import PNG
import Testing

/// Finds and makes the pictures of the tests.
enum Pictures {
  private static let folder = String(#filePath.dropLast("Pictures.swift".count))
  private static let samples = folder + "../../samples/"

  static let ofMNIST = (0..<10).map(String.init)
  static let drawn = [
    "drawn-0-thin-off-centre", "drawn-1-black-on-transparent", "drawn-2-white-on-transparent",
    "drawn-3-palette", "drawn-4-chalk", "drawn-5-pencil-16-bit", "drawn-6-interlaced",
    "drawn-7-uneven-light", "drawn-8-red-in-wide-picture", "drawn-9-half-transparent-paper",
  ]
  static let made = ["wide", "tall", "dot", "small", "specks", "glass", "noisy"]

  static func load(_ name: String) throws -> Image {
    let path = (made.contains(name) ? folder + "Fixtures/" : samples) + name + ".png"
    return try Image.decode(contentsOf: path)
  }

  /// What `tools/fixtures/preprocess.py` makes of a picture.
  static func expected(_ name: String) throws -> [UInt8] {
    let file = try #require(fopen(folder + "Fixtures/" + name, "r"), "no fixture \(name)")
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 785)
    let count = fread(&bytes, 1, bytes.count, file)
    try #require(count == 784)
    return Array(bytes.prefix(784))
  }

  static func largestDifference(_ a: [UInt8], _ b: [UInt8]) -> Int {
    zip(a, b).map { abs(Int($0) - Int($1)) }.max() ?? 0
  }

  /// A gray picture of a function of column and row.
  static func gray(_ width: Int, _ height: Int, _ level: (Int, Int) -> Int) -> Image {
    Image(
      width: width, height: height,
      gray: (0..<width * height).map { UInt8(level($0 % width, $0 / width)) })
  }

  /// An RGBA picture of a function of column and row.
  static func rgba(_ width: Int, _ height: Int, _ pixel: (Int, Int) -> [UInt16]) -> Image {
    Image(
      width: width, height: height, format: .rgba8,
      samples: (0..<width * height).flatMap { pixel($0 % width, $0 / width) })
  }

  /// Whether a pixel is in a seven of 30 x 50 pixels, its corner at (0, 0).
  static func isSeven(_ x: Int, _ y: Int) -> Bool {
    guard (0..<30).contains(x), (0..<50).contains(y) else { return false }
    return y < 7 || abs(x - (26 - y * 2 / 5)) < 4
  }
}
