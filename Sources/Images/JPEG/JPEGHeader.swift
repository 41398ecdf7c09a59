import Files

/// The markers of a JPEG: the size of the image, its channels and its Exif orientation.
///
/// The structure is validated here, in memory-safe code, before libjpeg gets the file. A file
/// without its end, or too short for the pixels that it declares, is refused before it is decoded.
///
/// Source: ITU-T T.81, annex B.
package struct JPEGHeader {
  let width: Int
  let height: Int
  /// The number of components: 1 for gray, 3 for colour, 4 for CMYK and YCCK.
  let components: Int
  /// The orientation in the first Exif segment; upright if there is none or it is invalid.
  let orientation: Orientation

  /// More scans than any encoder writes; a progressive image has about ten.
  private static let maximumScans = 100

  /// The downscaling factors of libjpeg.
  static let reductions = [1, 2, 4, 8]

  /// The downscaling factor, so that the image has at most `limit` pixels.
  func reduction(above limit: Int) -> Int {
    Image.reduction(width: width, height: height, among: Self.reductions, limit: limit)
  }

  /// Parses the markers up to the frame header, for the size alone.
  ///
  /// - Parameter head: The file, or its beginning.
  /// - Throws: ``ImageError``; it is ``ImageError/Reason/damaged(_:_:)`` if the frame header is
  ///   missing or cut.
  init(head: [UInt8]) throws(ImageError) {
    try self.init(head, isHead: true)
  }

  /// Parses all markers up to the end of the image.
  ///
  /// Bytes after it are ignored, as in other decoders.
  ///
  /// - Parameter bytes: The file, which begins with the marker of a JPEG.
  /// - Throws: ``ImageError`` if it is damaged, not supported or exceeds a limit.
  package init(_ bytes: [UInt8]) throws(ImageError) {
    try self.init(bytes, isHead: false)
  }

  private init(_ bytes: [UInt8], isHead: Bool) throws(ImageError) {
    var position = 2
    var frame: Frame?
    var orientation: Orientation?
    var scans = 0
    scan: while true {
      let code = try Self.marker(in: bytes, at: &position)
      switch code {
      case 0xD8: throw Self.damaged("there is a second image at byte \(position - 2)")
      case 0xD9:
        guard scans > 0 else { throw Self.damaged("it has no pixels") }
        break scan
      // Markers without a segment.
      case 0x01, 0xD0...0xD7: continue
      default: break
      }
      let segment = try Self.segment(code, in: bytes, at: &position)
      switch code {
      case 0xC0...0xCF where ![0xC4, 0xC8, 0xCC].contains(code):
        guard frame == nil else { throw Self.damaged("it has two frame headers") }
        frame = try Frame(code, segment)
        if isHead { break scan }
      case 0xDA:
        guard let frame else { throw Self.damaged("it has no frame header before its pixels") }
        scans += 1
        guard scans <= Self.maximumScans else {
          throw Self.damaged("it has more than \(Self.maximumScans) scans")
        }
        if scans == 1 {
          try frame.checkFirstScan(componentCount: segment.first.map(Int.init) ?? 0)
          try frame.checkByteCount(bytes.count - position)
        }
      case 0xE1 where orientation == nil && segment.starts(with: Self.exif):
        orientation = Orientation(exif: segment) ?? .upright
      default: break
      }
    }
    guard let frame else { throw Self.damaged("it has no frame header") }
    width = frame.width
    height = frame.height
    components = frame.components.count
    self.orientation = orientation ?? .upright
  }

  private static let exif = Array("Exif\0\0".utf8)

  /// Returns the code of the next marker, and moves behind it.
  ///
  /// Pixels are skipped: in them, 0xFF is followed by 0.
  private static func marker(
    in bytes: [UInt8], at position: inout Int
  ) throws(ImageError) -> UInt8 {
    while let start = bytes[position...].firstIndex(of: 0xFF) {
      guard let end = bytes[start...].firstIndex(where: { $0 != 0xFF }) else { break }
      position = end + 1
      if bytes[end] != 0 { return bytes[end] }
    }
    throw damaged("it is truncated")
  }

  /// Returns the content of a segment, and moves behind it.
  private static func segment(
    _ code: UInt8, in bytes: [UInt8], at position: inout Int
  ) throws(ImageError) -> ArraySlice<UInt8> {
    guard bytes.count - position >= 2 else { throw damaged("it is truncated") }
    let length = Int(bigEndianBytes: bytes[position..<position + 2])
    let left = bytes.count - position
    guard length >= 2 else {
      throw damaged("the segment at byte \(position - 2) has a length of \(length)")
    }
    guard length <= left else {
      throw damaged(
        "it is truncated: its segment of \(length) bytes at byte \(position - 2) has \(left) left")
    }
    defer { position += length }
    return bytes[position + 2..<position + length]
  }

  fileprivate static func damaged(_ cause: String) -> ImageError {
    ImageError(.damaged(.jpeg, cause))
  }
}

/// The frame header: the size of the image, and how its samples are coded.
private struct Frame {
  struct Component {
    let horizontal: Int
    let vertical: Int
  }

  let width: Int
  let height: Int
  let components: [Component]
  let isProgressive: Bool

  /// Parses the segment of a marker SOF.
  init(_ code: UInt8, _ segment: ArraySlice<UInt8>) throws(ImageError) {
    let kind: String? =
      switch code {
      case 0xC0, 0xC1, 0xC2: nil
      case 0xC3: "lossless coding"
      case 0xC5, 0xC6, 0xC7: "a hierarchical process"
      default: "arithmetic coding"
      }
    if let kind { throw ImageError(.unsupported(.jpeg, kind)) }
    let bytes = Array(segment)
    guard bytes.count >= 6, bytes.count == 6 + 3 * Int(bytes[5]) else {
      throw JPEGHeader.damaged("its frame header of \(bytes.count) bytes is invalid")
    }
    guard bytes[0] == 8 else {
      throw ImageError(.unsupported(.jpeg, "\(bytes[0]) bits per sample"))
    }
    height = Int(bigEndianBytes: bytes[1..<3])
    width = Int(bigEndianBytes: bytes[3..<5])
    try Image.checkSize(width: width, height: height, of: .jpeg)
    guard [1, 3, 4].contains(bytes[5]) else {
      throw ImageError(.unsupported(.jpeg, "\(bytes[5]) components"))
    }
    components = stride(from: 7, to: bytes.count, by: 3).map { position in
      let factors = Int(bytes[position])
      return Component(horizontal: factors >> 4, vertical: factors & 15)
    }
    let factors = components.flatMap { [$0.horizontal, $0.vertical] }
    guard factors.allSatisfy((1...4).contains) else {
      throw JPEGHeader.damaged("its sampling factors are not 1 to 4")
    }
    isProgressive = code == 0xC2
  }

  /// The largest number of coefficients that libjpeg may keep in memory, two bytes each: an image
  /// of 64 million pixels whose colours have half the resolution.
  private static let maximumCoefficientCount = 96 << 20

  /// Checks the size of an image whose coefficients libjpeg must keep in memory: those of all
  /// blocks if they come in several scans.
  func checkFirstScan(componentCount: Int) throws(ImageError) {
    let (count, limit) = (64 * blockCount, Self.maximumCoefficientCount)
    guard isProgressive || componentCount < components.count, count > limit else { return }
    let kind = isProgressive ? "a progressive JPEG" : "a JPEG of several scans"
    throw ImageError(
      .tooLarge(
        "\(width) x \(height) pixels with \(count) coefficients exceed the limit of \(limit) "
          + "coefficients for \(kind)"))
  }

  /// Checks that so many bytes can code the pixels.
  ///
  /// A Huffman code has at least one bit. A block of 8 × 8 samples needs one for its mean and, in a
  /// sequential image, one for the end of the block.
  func checkByteCount(_ count: Int) throws(ImageError) {
    guard 8 * count >= blockCount * (isProgressive ? 1 : 2) else {
      throw JPEGHeader.damaged(
        "it is truncated: \(count) bytes cannot contain \(width) x \(height) pixels")
    }
  }

  /// The number of blocks of 8 × 8 samples of all components.
  private var blockCount: Int {
    let (most, highest) = components.reduce((1, 1)) { most, component in
      (max(most.0, component.horizontal), max(most.1, component.vertical))
    }
    return components.reduce(0) { sum, component in
      func extent(_ pixels: Int, _ factor: Int, of largest: Int) -> Int {
        (pixels * factor + 8 * largest - 1) / (8 * largest)
      }
      return sum + extent(width, component.horizontal, of: most)
        * extent(height, component.vertical, of: highest)
    }
  }
}
