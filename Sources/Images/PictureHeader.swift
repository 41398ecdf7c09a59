import Files

/// What the header of a picture says, without decoding it.
package struct PictureHeader: Equatable, Sendable {
  /// The width in pixels, after the Exif orientation of a JPEG.
  package let width: Int
  /// The height in pixels, after the Exif orientation of a JPEG.
  package let height: Int
  /// Whether there is only one colour channel; a palette counts as colour.
  package let isGray: Bool

  /// Enough bytes for the header of most files: a JPEG may have a preview before it.
  package static let byteCount = 1 << 16

  /// Parses the header.
  ///
  /// - Parameter head: The file, or its beginning.
  /// - Throws: ``ImageError`` if the bytes are neither a PNG nor a JPEG, are damaged or too few, or
  ///   exceed a limit.
  package init(head: [UInt8]) throws(ImageError) {
    switch try ImageFormat(of: head) {
    case .png:
      let start = FileFormat.png.count
      guard head.count >= start + 21, head[start + 4..<start + 8].elementsEqual("IHDR".utf8) else {
        throw ImageError(.damaged(.png, "it is truncated"))
      }
      let header = try Header(head[start + 8..<start + 21])
      (width, height) = (header.width, header.height)
      isGray = header.colorType == .gray || header.colorType == .grayAlpha
    case .jpeg:
      let header = try JPEGHeader(head: head)
      let swapsSides = header.orientation.swapsSides
      width = swapsSides ? header.height : header.width
      height = swapsSides ? header.width : header.height
      isGray = header.components == 1
    }
  }
}
