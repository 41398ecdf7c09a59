import Files

/// Finds where a PNG or JPEG ends, in bytes that arrive little by little.
///
/// Only the structure is followed: the lengths of chunks and segments. Whether the picture is
/// intact is for its decoder to say.
struct PictureBoundary {
  /// The place of the end, as far as the bytes tell it.
  enum End: Equatable {
    /// More bytes are needed.
    case unknown
    /// The picture has so many bytes.
    case at(Int)
    /// The structure is broken, so that the end cannot be found.
    case broken
  }

  private let format: ImageFormat

  /// Where the next chunk or marker begins.
  private var position: Int

  /// Begins with the format that the first bytes have.
  init(_ format: ImageFormat) {
    self.format = format
    position = format == .png ? FileFormat.png.count : 2
  }

  /// Looks for the end.
  ///
  /// - Parameter bytes: The bytes from the beginning of the picture that are known so far.
  /// - Returns: Where the picture ends, if that is known.
  mutating func end(in bytes: ArraySlice<UInt8>) -> End {
    switch format {
    case .png: endOfPNG(in: bytes)
    case .jpeg: endOfJPEG(in: bytes)
    }
  }

  private mutating func endOfPNG(in bytes: ArraySlice<UInt8>) -> End {
    let base = bytes.startIndex
    while bytes.count - position >= 8 {
      let chunk = base + position
      let length = Int(bigEndianBytes: bytes[chunk..<chunk + 4])
      let type = bytes[chunk + 4..<chunk + 8]
      let isType = type.allSatisfy { (0x41...0x5A).contains($0 & 0xDF) }
      guard isType, length <= InputFile.maximumByteCount else { return .broken }
      let next = position + 12 + length
      if type.elementsEqual("IEND".utf8) { return bytes.count >= next ? .at(next) : .unknown }
      position = next
    }
    return .unknown
  }

  private mutating func endOfJPEG(in bytes: ArraySlice<UInt8>) -> End {
    let base = bytes.startIndex
    while position < bytes.count {
      guard let mark = bytes[(base + position)...].firstIndex(of: 0xFF) else {
        position = bytes.count
        return .unknown
      }
      position = mark - base
      guard let last = bytes[mark...].firstIndex(where: { $0 != 0xFF }) else { return .unknown }
      switch bytes[last] {
      case 0, 1, 0xD0...0xD7: position = last + 1 - base
      case 0xD8: return .broken
      case 0xD9: return .at(last + 1 - base)
      default:
        guard bytes.endIndex - last > 2 else { return .unknown }
        position = last + 1 - base + max(2, Int(bigEndianBytes: bytes[last + 1..<last + 3]))
      }
    }
    return .unknown
  }
}
