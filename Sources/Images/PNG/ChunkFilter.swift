import Files

/// Validates the structure of a PNG and keeps only the chunks that its pixels need.
///
/// Most vulnerabilities of libpng, which is written in C, were in chunks that do not affect pixels:
/// text, colour profiles, suggested palettes. The structure is therefore validated here, in
/// memory-safe code, and libpng gets only IHDR, PLTE, tRNS, IDAT and IEND chunks with valid
/// lengths, order and checksums. A chunk that declares 2 GB in a file of 44 bytes is refused here.
package struct ChunkFilter {
  private static let maximumChunks = 65_536

  let header: Header
  /// The file.
  let bytes: [UInt8]
  /// Where in the file a PNG with the same pixels is, for libpng.
  private(set) var pieces = [0..<FileFormat.png.count]
  /// The orientation of the eXIf chunk; upright if there is none or it is invalid.
  private(set) var orientation = Orientation.upright
  private var paletteEntries: Int?
  /// Whether there is a tRNS chunk.
  private(set) var hasTransparency = false
  private var dataByteCount = 0
  private var lastKept = "IHDR"

  /// Validates all chunks up to IEND.
  ///
  /// Bytes after it are ignored, as in other decoders.
  package init(_ bytes: [UInt8]) throws(ImageError) {
    var position = FileFormat.png.count
    let first = try Self.chunk(in: bytes, at: &position)
    guard first.type == "IHDR" else {
      throw ImageError(.damaged(.png, "its first chunk is \(first.type) instead of IHDR"))
    }
    header = try Header(first.data)
    self.bytes = bytes
    keep(first)

    for _ in 1..<Self.maximumChunks {
      let chunk = try Self.chunk(in: bytes, at: &position)
      if try keeps(chunk) {
        keep(chunk)
        lastKept = chunk.type
      }
      if chunk.type == "IEND" { return }
    }
    throw ImageError(.damaged(.png, "it has more than \(Self.maximumChunks) chunks"))
  }

  /// A PNG with the same pixels, as libpng reads it.
  package var stream: [UInt8] { pieces.flatMap { bytes[$0] } }

  /// Nothing is copied: a large file would be in memory twice.
  private mutating func keep(_ chunk: Chunk) {
    let (start, end) = (chunk.whole.startIndex, chunk.whole.endIndex)
    if let last = pieces.last, last.upperBound == start {
      pieces[pieces.count - 1] = last.lowerBound..<end
    } else {
      pieces.append(start..<end)
    }
  }

  private struct Chunk {
    let type: String
    let data: ArraySlice<UInt8>
    /// The chunk with its length, type and checksum.
    let whole: ArraySlice<UInt8>

    /// Whether a decoder must support the chunk: the first letter of its type is upper case.
    var isCritical: Bool { type.first?.isUppercase == true }
  }

  private static func chunk(
    in bytes: [UInt8], at position: inout Int
  ) throws(ImageError) -> Chunk {
    let left = bytes.count - position
    guard left >= 12 else { throw ImageError(.damaged(.png, "it is truncated")) }
    let typeBytes = bytes[position + 4..<position + 8]
    guard typeBytes.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) }) else {
      throw ImageError(.damaged(.png, "there is no chunk at byte \(position)"))
    }
    let type = String(decoding: typeBytes, as: UTF8.self)
    let length = Int(bigEndianBytes: bytes[position..<position + 4])
    guard length <= left - 12 else {
      throw ImageError(
        .damaged(
          .png, "it is truncated: its \(type) chunk of \(length) bytes has \(left - 12) left"))
    }
    let whole = bytes[position..<position + 12 + length]
    let checksum = CRC32.checksum(whole.dropFirst(4).dropLast(4))
    guard UInt32(bigEndianBytes: whole.suffix(4)) == checksum else {
      throw ImageError(
        .damaged(.png, "the checksum of its \(type) chunk at byte \(position) is wrong"))
    }
    position = whole.endIndex
    return Chunk(type: type, data: whole.dropFirst(8).dropLast(4), whole: whole)
  }

  /// Validates the position of a chunk, and returns whether libpng gets it.
  private mutating func keeps(_ chunk: Chunk) throws(ImageError) -> Bool {
    switch chunk.type {
    case "PLTE": return try keepsPalette(chunk.data)
    case "tRNS": return try keepsTransparency(chunk.data)
    case "IDAT":
      guard header.colorType != .palette || paletteEntries != nil else {
        throw ImageError(.damaged(.png, "it has no palette before its pixels"))
      }
      guard dataByteCount == 0 || lastKept == "IDAT" else {
        throw ImageError(.damaged(.png, "its IDAT chunks are not consecutive"))
      }
      dataByteCount += chunk.data.count
      // Deflate never doubles the size of its input, so that more data cannot belong to the pixels.
      guard dataByteCount <= 2 * header.rawByteCount + 65_536 else {
        throw ImageError(.damaged(.png, "it has more compressed data than its pixels can need"))
      }
      return true
    case "IEND":
      guard dataByteCount > 0 else { throw ImageError(.damaged(.png, "it has no pixels")) }
      guard chunk.data.isEmpty else {
        throw ImageError(.damaged(.png, "its IEND chunk is not empty"))
      }
      return true
    case "IHDR":
      throw ImageError(.damaged(.png, "it has two IHDR chunks"))
    default:
      guard !chunk.isCritical else {
        throw ImageError(
          .damaged(.png, "its critical chunk \(chunk.type) is not in the PNG standard"))
      }
      if chunk.type == "eXIf", let orientation = Orientation(exif: chunk.data) {
        self.orientation = orientation
      }
      // An ancillary chunk between two IDAT chunks separates them.
      if dataByteCount > 0 { lastKept = chunk.type }
      return false
    }
  }

  private mutating func keepsPalette(_ data: ArraySlice<UInt8>) throws(ImageError) -> Bool {
    guard paletteEntries == nil, dataByteCount == 0, !hasTransparency else {
      throw ImageError(.damaged(.png, "its PLTE chunk is out of place"))
    }
    let limit = header.colorType == .palette ? 1 << header.depth : 256
    guard data.count % 3 == 0, (1...limit).contains(data.count / 3) else {
      throw ImageError(.damaged(.png, "its palette of \(data.count) bytes does not fit its depth"))
    }
    paletteEntries = data.count / 3
    return header.colorType == .palette  // Otherwise it is only a suggested palette.
  }

  private mutating func keepsTransparency(_ data: ArraySlice<UInt8>) throws(ImageError) -> Bool {
    guard !hasTransparency, dataByteCount == 0 else {
      throw ImageError(.damaged(.png, "its tRNS chunk is out of place"))
    }
    hasTransparency = true
    let fits =
      switch header.colorType {
      case .gray: data.count == 2
      case .rgb: data.count == 6
      case .palette: !data.isEmpty && data.count <= paletteEntries ?? 0
      case .grayAlpha, .rgba: false
      }
    guard fits else {
      throw ImageError(.damaged(.png, "its tRNS chunk does not fit its color type"))
    }
    return true
  }
}
