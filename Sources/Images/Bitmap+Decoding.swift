package import Sandbox

extension Bitmap {
  /// Decodes several PNGs and JPEGs, as ``Image/decodeEach(_:downscaledAbove:reader:contents:_:)``
  /// does, but without widening samples of 8 bits; those of 16 bits are rounded.
  ///
  /// - Parameters:
  ///   - indices: The numbers of the pictures.
  ///   - reader: The process that decodes.
  ///   - contents: Gives a complete file; `nil` if there is none.
  ///   - body: A function of the bitmap or of the error, which is called once for each picture, not
  ///     in their order.
  package static func decodeEach(
    _ indices: Range<Int>, reader: Reader = .sandboxed, contents: (Int) -> [UInt8]?,
    _ body: (Int, Result<Bitmap, ImageError>) -> Void
  ) {
    SampleDecoder.withOne(reader) { decoder in
      unsafe decoder.decodeEach(
        indices,
        encoded: { (index) throws(ImageError) in
          guard let bytes = contents(index) else { return nil }
          return try EncodedPicture(
            bytes, downscaledAbove: Image.maximumDecodedPixelCount, asStored: true)
        }, { unsafe $0.bitmap($1) }, body)
    }
  }
}
