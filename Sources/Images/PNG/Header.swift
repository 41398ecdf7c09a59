import Files

/// The IHDR chunk: the size of an image and the layout of its pixels.
struct Header {
  enum ColorType: UInt8 {
    case gray = 0
    case rgb = 2
    case palette = 3
    case grayAlpha = 4
    case rgba = 6

    var channels: Int {
      switch self {
      case .gray, .palette: 1
      case .grayAlpha: 2
      case .rgb: 3
      case .rgba: 4
      }
    }

    var depths: [UInt8] {
      switch self {
      case .gray: [1, 2, 4, 8, 16]
      case .palette: [1, 2, 4, 8]
      case .rgb, .grayAlpha, .rgba: [8, 16]
      }
    }
  }

  let width: Int
  let height: Int
  let depth: Int
  let colorType: ColorType
  let isInterlaced: Bool

  /// The downscaling factor: blocks of so many pixels a side are averaged to one pixel, so that the
  /// image has at most `limit` pixels; 1 if it is interlaced.
  func reduction(above limit: Int) -> Int {
    isInterlaced ? 1 : Image.reduction(width: width, height: height, among: 1..., limit: limit)
  }

  /// The number of bytes of all rows with their filter bytes, before compression.
  ///
  /// An interlaced image has a few more.
  var rawByteCount: Int {
    ((width * colorType.channels * depth + 7) / 8 + 1) * height
  }

  /// Parses the 13 bytes of an IHDR chunk.
  init(_ data: ArraySlice<UInt8>) throws(ImageError) {
    guard data.count == 13 else {
      throw ImageError(.damaged(.png, "its IHDR chunk has \(data.count) bytes instead of 13"))
    }
    let bytes = Array(data)
    let (width, height) = (Int(bigEndianBytes: bytes[0..<4]), Int(bigEndianBytes: bytes[4..<8]))
    try Image.checkSize(width: width, height: height, of: .png)
    guard let colorType = ColorType(rawValue: bytes[9]), colorType.depths.contains(bytes[8]) else {
      throw ImageError(
        .damaged(.png, "its color type \(bytes[9]) with \(bytes[8]) bits does not exist"))
    }
    guard bytes[10] == 0, bytes[11] == 0, bytes[12] <= 1 else {
      throw ImageError(.damaged(.png, "its compression, filter or interlace method does not exist"))
    }
    self.width = width
    self.height = height
    self.depth = Int(bytes[8])
    self.colorType = colorType
    isInterlaced = bytes[12] == 1
    if isInterlaced {
      try Image.checkDecodedSize(width: width, height: height, of: "an interlaced PNG")
    }
  }
}
