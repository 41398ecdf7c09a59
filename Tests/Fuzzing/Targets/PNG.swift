import Files
import Images

extension FuzzTarget {
  /// The checks of the chunks of a PNG, before libpng gets them.
  static let png = FuzzTarget("png") { input in
    check(input)
    // A mutation hardly ever repairs a checksum.
    check(withChecksums(input))
  }

  private static func check(_ input: [UInt8]) {
    _ = try? PictureHeader(head: input)
    guard let filtered = try? ChunkFilter(input) else { return }
    let stream = filtered.stream
    expect(stream.count <= input.count, "chunks were added")
    guard let again = try? ChunkFilter(stream) else { fatalError("what was kept is refused") }
    expect(again.stream == stream, "chunks are removed that were kept")
  }

  /// The PNG with the right checksum in every chunk.
  static func withChecksums(_ input: [UInt8]) -> [UInt8] {
    var bytes = input
    var position = FileFormat.png.count
    while bytes.count - position >= 12 {
      let length = Int(bigEndianBytes: bytes[position..<position + 4])
      guard length <= bytes.count - position - 12 else { break }
      let end = position + 8 + length
      let checksum = CRC32.checksum(bytes[position + 4..<end])
      for index in 0..<4 {
        bytes[end + index] = UInt8(truncatingIfNeeded: checksum >> (24 - 8 * index))
      }
      position = end + 4
    }
    return bytes
  }
}
