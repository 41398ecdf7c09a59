import Files

/// The Exif orientation: how an image must be rotated or mirrored to be upright.
enum Orientation: Int {
  case upright = 1
  case mirrored = 2
  case upsideDown = 3
  case flipped = 4
  case transposed = 5
  case turnedLeft = 6
  case transversed = 7
  case turnedRight = 8

  /// Whether width and height are swapped.
  var swapsSides: Bool { rawValue >= 5 }

  /// Parses the orientation in an eXIf chunk of PNG or an Exif segment of JPEG, as Pillow does;
  /// `nil` if there is none or the data is invalid.
  ///
  /// - Parameter data: A TIFF header and its first directory, optionally after `Exif` and two
  ///   zeros.
  init?(exif data: ArraySlice<UInt8>) {
    var data = data
    while data.starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0]) { data = data.dropFirst(6) }
    let bytes = Array(data)
    let isBigEndian: Bool
    switch bytes.prefix(4) {
    case [0x4D, 0x4D, 0, 0x2A]: isBigEndian = true
    case [0x49, 0x49, 0x2A, 0]: isBigEndian = false
    default: return nil
    }
    func number(at offset: Int, count: Int) -> Int? {
      guard offset >= 0, offset <= bytes.count - count else { return nil }
      let part = bytes[offset..<offset + count]
      return isBigEndian ? Int(bigEndianBytes: part) : Int(littleEndianBytes: part)
    }
    guard let directory = number(at: 4, count: 4),
      let count = number(at: directory, count: 2)
    else { return nil }
    for index in 0..<count {
      let entry = directory + 2 + 12 * index
      guard let tag = number(at: entry, count: 2) else { return nil }
      guard tag == 0x0112 else { continue }
      // A single value of type byte, short or long, signed or unsigned, by size in bytes.
      let sizes = [1: 1, 3: 2, 4: 4, 6: 1, 8: 2, 9: 4]
      guard let type = number(at: entry + 2, count: 2), let size = sizes[type],
        number(at: entry + 4, count: 4) == 1, let value = number(at: entry + 8, count: size)
      else { return nil }
      self.init(rawValue: value)
      return
    }
    return nil
  }

  /// Applies the orientation to an image.
  ///
  /// - Parameters:
  ///   - samples: The samples as `[height, width, channels]`.
  ///   - width: The width in pixels.
  ///   - height: The height in pixels.
  ///   - channels: The number of channels.
  /// - Returns: The samples and the size of the upright image.
  func upright<Sample>(
    _ samples: [Sample], width: Int, height: Int, channels: Int
  ) -> (samples: [Sample], width: Int, height: Int) {
    guard self != .upright else { return (samples, width, height) }
    let (newWidth, newHeight) = swapsSides ? (height, width) : (width, height)
    var result: [Sample] = []
    result.reserveCapacity(samples.count)
    for y in 0..<newHeight {
      for x in 0..<newWidth {
        let (column, row) =
          switch self {
          case .upright: (x, y)
          case .mirrored: (width - 1 - x, y)
          case .upsideDown: (width - 1 - x, height - 1 - y)
          case .flipped: (x, height - 1 - y)
          case .transposed: (y, x)
          case .turnedLeft: (y, height - 1 - x)
          case .transversed: (width - 1 - y, height - 1 - x)
          case .turnedRight: (width - 1 - y, x)
          }
        let start = (row * width + column) * channels
        for index in start..<start + channels { result.append(samples[index]) }
      }
    }
    return (result, newWidth, newHeight)
  }
}
