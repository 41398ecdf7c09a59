import Files

/// An HDF5 file in memory whose elements are in another file, from which they are read when they
/// are needed.
final class ElementSource: FileSource {
  /// The elements of a dataset.
  struct Piece: Sendable {
    /// Their place in the HDF5 file.
    let range: Range<Int>
    /// The place of the first one in the other file.
    let offset: Int
  }

  let size: Int
  private let buffer: ImageBuffer
  private let pieces: [Piece]
  private let elements: any FileSource

  init(_ buffer: ImageBuffer, size: Int, _ pieces: [Piece], in elements: any FileSource) {
    self.buffer = buffer
    self.size = size
    self.pieces = pieces.sorted { $0.range.lowerBound < $1.range.lowerBound }
    self.elements = elements
  }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(FileError) {
    var (place, index) = (offset, firstPiece(after: offset))
    while place < offset + buffer.count {
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[(place - offset)...])
      let piece = index < pieces.count ? pieces[index] : nil
      if let piece, piece.range.contains(place) {
        let count = min(rest.count, piece.range.upperBound - place)
        try unsafe elements.read(
          into: UnsafeMutableRawBufferPointer(rebasing: rest[..<count]),
          at: piece.offset + place - piece.range.lowerBound)
        place += count
        index += 1
      } else {
        let count = min(rest.count, (piece?.range.lowerBound ?? .max) - place)
        unsafe copy(into: UnsafeMutableRawBufferPointer(rebasing: rest[..<count]), from: place)
        place += count
      }
    }
  }

  /// The index of the first piece that ends after a place.
  private func firstPiece(after place: Int) -> Int {
    var range = 0..<pieces.count
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range =
        pieces[middle].range.upperBound > place
        ? range.lowerBound..<middle : middle + 1..<range.upperBound
    }
    return range.lowerBound
  }

  /// Copies bytes that are in memory; those after its end are 0.
  private func copy(into target: UnsafeMutableRawBufferPointer, from place: Int) {
    let bytes = unsafe buffer.bytes(place + target.count).dropFirst(place)
    unsafe target.initializeMemory(as: UInt8.self, repeating: 0)
    unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes))
  }
}
