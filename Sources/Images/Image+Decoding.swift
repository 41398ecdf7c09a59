internal import Files
internal import Glibc
public import Sandbox

extension Image {
  /// Reads a PNG or JPEG file, which is recognized by its content.
  ///
  /// Of PNG, all colour types, bit depths and interlacing methods are supported, and all kinds of
  /// transparency become an alpha channel; of an animation, the first image is read. Of JPEG, the
  /// baseline, extended and progressive processes with 8 bits and Huffman coding are supported,
  /// with gray, colour, CMYK and YCCK samples.
  ///
  /// Samples are widened to 16 bits, but colours are not converted: gamma, white point and colour
  /// profiles are ignored, as if the file were sRGB; CMYK becomes RGB by multiplication with
  /// black. The Exif orientation is applied. An image of more than `limit` pixels is downscaled
  /// while it is read.
  ///
  /// - Parameters:
  ///   - path: The path of a regular file; directories, FIFOs and devices are refused.
  ///   - limit: The number of pixels above which an image is downscaled, at most
  ///     ``maximumDecodedPixelCount``. An interlaced PNG is never downscaled.
  ///   - reader: The process that decodes.
  /// - Returns: The image as ``Format/rgba16``.
  /// - Throws: ``ImageError`` with the path if the file cannot be read, is neither a PNG nor a
  ///   JPEG, is damaged, or has more than ``maximumPixelCount`` pixels or more than
  ///   ``maximumSide`` pixels a side.
  public static func decode(
    contentsOf path: String, downscaledAbove limit: Int = maximumDecodedPixelCount,
    reader: Reader = .sandboxed
  ) throws(ImageError) -> Image {
    try decode(
      try InputFile.contents(of: path), named: path, downscaledAbove: limit, reader: reader)
  }

  /// Decodes a PNG or JPEG from standard input, as
  /// ``decode(contentsOf:downscaledAbove:reader:)`` does from a file.
  ///
  /// - Parameters:
  ///   - limit: The number of pixels above which an image is downscaled.
  ///   - reader: The process that decodes.
  /// - Returns: The image as ``Format/rgba16``.
  /// - Throws: ``ImageError`` as ``decode(contentsOf:downscaledAbove:reader:)`` does, with the path
  ///   `-`.
  public static func decodeStandardInput(
    downscaledAbove limit: Int = maximumDecodedPixelCount, reader: Reader = .sandboxed
  ) throws(ImageError) -> Image {
    try decode(
      try InputFile.standardInput(), named: "-", downscaledAbove: limit, reader: reader)
  }

  private static func decode(
    _ bytes: [UInt8], named path: String, downscaledAbove limit: Int, reader: Reader
  ) throws(ImageError) -> Image {
    do {
      return try decode(bytes, downscaledAbove: limit, reader: reader)
    } catch {
      throw ImageError(error.reason, path: path)
    }
  }

  /// Decodes a PNG or JPEG in memory, as ``decode(contentsOf:downscaledAbove:reader:)`` does from
  /// a file.
  ///
  /// - Parameters:
  ///   - bytes: A complete file. Bytes after its end are ignored.
  ///   - limit: The number of pixels above which an image is downscaled.
  ///   - reader: The process that decodes.
  /// - Returns: The image as ``Format/rgba16``.
  /// - Throws: ``ImageError`` if the bytes are neither a PNG nor a JPEG, are damaged, or exceed a
  ///   limit.
  public static func decode(
    _ bytes: [UInt8], downscaledAbove limit: Int = maximumDecodedPixelCount,
    reader: Reader = .sandboxed
  ) throws(ImageError) -> Image {
    let encoded = try EncodedPicture(bytes, downscaledAbove: limit, asStored: false)
    return try SampleDecoder.withOne(reader) { (decoder) throws(ImageError) in
      try unsafe decoder.decode(encoded) { unsafe $0.image($1) }
    }
  }

  /// Decodes several PNGs and JPEGs, which takes less time than one by one if they are small.
  ///
  /// - Parameters:
  ///   - indices: The numbers of the pictures.
  ///   - limit: The number of pixels above which an image is downscaled.
  ///   - reader: The process that decodes.
  ///   - contents: Gives a complete file; `nil` if there is none.
  ///   - body: A function of the image or of the error, without a path, which is called once for
  ///     each picture, not in their order.
  package static func decodeEach(
    _ indices: Range<Int>, downscaledAbove limit: Int = maximumDecodedPixelCount,
    reader: Reader = .sandboxed, contents: (Int) throws(ImageError) -> [UInt8]?,
    _ body: (Int, Result<Image, ImageError>) -> Void
  ) {
    SampleDecoder.withOne(reader) { decoder in
      unsafe decoder.decodeEach(
        indices,
        encoded: { (index) throws(ImageError) in
          guard let bytes = try contents(index) else { return nil }
          return try EncodedPicture(bytes, downscaledAbove: limit, asStored: false)
        }, { unsafe $0.image($1) }, body)
    }
  }

  /// Returns the factor by which an image must be downscaled to have at most `limit` pixels.
  ///
  /// - Parameters:
  ///   - width: The width of the file in pixels.
  ///   - height: The height of the file in pixels.
  ///   - factors: The possible factors in ascending order.
  ///   - limit: The largest number of pixels.
  /// - Returns: The smallest possible factor.
  static func reduction(
    width: Int, height: Int, among factors: some Sequence<Int>, limit: Int
  ) -> Int {
    factors.first { factor in
      let size = size(width: width, height: height, reducedBy: factor)
      return size.width * size.height <= limit
    } ?? 1
  }

  /// Returns the size after downscaling.
  static func size(
    width: Int, height: Int, reducedBy factor: Int
  ) -> (width: Int, height: Int) {
    ((width + factor - 1) / factor, (height + factor - 1) / factor)
  }

  /// Checks a size that the header of a file declares.
  ///
  /// - Throws: ``ImageError/Reason/damaged(_:_:)`` if it is empty, or
  ///   ``ImageError/Reason/tooLarge(_:)``.
  static func checkSize(
    width: Int, height: Int, of format: ImageFormat
  ) throws(ImageError) {
    guard width > 0, height > 0 else {
      throw ImageError(.damaged(format, "its size is \(width) x \(height) pixels"))
    }
    let (limit, most) = (maximumSide, maximumPixelCount)
    guard width <= limit, height <= limit else {
      throw ImageError(
        .tooLarge("\(width) x \(height) pixels exceed the limit of \(limit) a side"))
    }
    guard width * height <= most else {
      throw ImageError(
        .tooLarge("\(width) x \(height) pixels exceed the limit of \(most) in all"))
    }
  }

  /// Checks the size of an image that must be decoded as a whole before it can be downscaled.
  ///
  /// - Throws: ``ImageError/Reason/tooLarge(_:)``.
  static func checkDecodedSize(
    width: Int, height: Int, of kind: String
  ) throws(ImageError) {
    guard width * height <= maximumDecodedPixelCount else {
      throw ImageError(
        .tooLarge(
          "\(width) x \(height) pixels exceed the limit of \(maximumDecodedPixelCount) in all "
            + "for \(kind)"))
    }
  }
}

extension ImageError.Reason {
  static let tooManyBytes = ImageError.Reason.tooLarge(
    "the file is larger than the limit of \(InputFile.maximumByteCount >> 20) MiB")
}
