internal import CPNG
internal import Files
internal import Glibc

extension Image {
  /// Reads a PNG file.
  ///
  /// All colour types, bit depths and interlacing methods are supported, and all kinds of
  /// transparency become an alpha channel. Samples are widened to 16 bits, but colours are not
  /// converted: gAMA, iCCP and cHRM chunks are ignored, as if the file were sRGB. Of an animation,
  /// the first image is read. The Exif orientation in an eXIf chunk is applied. An image of more
  /// than ``maximumDecodedPixelCount`` pixels is downscaled while it is read.
  ///
  /// - Parameter path: The path of a regular file; directories, FIFOs and devices are refused.
  /// - Returns: The image as ``Format/rgba16``.
  /// - Throws: ``PNGError`` with the path if the file cannot be read, is not a PNG, is damaged, or
  ///   has more than ``maximumPixelCount`` pixels or more than ``maximumSide`` pixels a side.
  public static func decode(contentsOf path: String) throws(PNGError) -> Image {
    try decode(try InputFile.contents(of: path), named: path)
  }

  /// Decodes a PNG from standard input, as ``decode(contentsOf:)`` does from a file.
  ///
  /// - Returns: The image as ``Format/rgba16``.
  /// - Throws: ``PNGError`` as ``decode(contentsOf:)`` does, with the path `-`.
  public static func decodeStandardInput() throws(PNGError) -> Image {
    try decode(try InputFile.standardInput(), named: "-")
  }

  /// Returns the format of bytes that are not a PNG, as a noun phrase.
  private static func kind(of bytes: [UInt8]) -> String {
    if bytes.isEmpty { return "an empty file" }
    if FileFormat.png.starts(with: bytes) { return "the first \(bytes.count) bytes of one" }
    if bytes.prefix(512).allSatisfy({ $0 == 0 }) { return "only zero bytes" }
    return FileFormat.name(of: bytes) ?? "an unknown format"
  }

  private static func decode(_ bytes: [UInt8], named path: String) throws(PNGError) -> Image {
    do {
      return try decode(bytes)
    } catch {
      throw PNGError(error.reason, path: path)
    }
  }

  /// Decodes a PNG in memory, as ``decode(contentsOf:)`` does from a file.
  ///
  /// - Parameter bytes: A complete PNG. Bytes after its last chunk are ignored.
  /// - Returns: The image as ``Format/rgba16``.
  /// - Throws: ``PNGError`` if the bytes are not a PNG, are damaged, or exceed a limit.
  public static func decode(_ bytes: [UInt8]) throws(PNGError) -> Image {
    guard bytes.starts(with: FileFormat.png) else {
      throw PNGError(.notPNG(found: kind(of: bytes)))
    }
    guard bytes.count <= InputFile.maximumByteCount else { throw PNGError(.tooManyBytes) }
    let filtered = try ChunkFilter(bytes)
    let header = filtered.header

    let reduction = header.reduction
    let size = header.size(reducedBy: reduction)
    let channels = Format.rgba16.channels
    var failure: String?
    let count = size.width * size.height * channels
    let samples = unsafe [UInt16](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      failure = unsafe decode(filtered.stream, header, reducedBy: reduction, into: buffer)
      initializedCount = failure == nil ? count : 0
    }
    if let failure { throw PNGError(.damaged(failure)) }
    let upright = filtered.orientation.upright(
      samples, width: size.width, height: size.height, channels: channels)
    var image = Image(
      width: upright.width, height: upright.height, format: .rgba16, samples: upright.samples)
    image.orientation = filtered.orientation.rawValue
    image.reduction = reduction
    return image
  }

  /// Fills a buffer with all samples, or returns libpng's error message.
  private static func decode(
    _ stream: [UInt8], _ header: Header, reducedBy reduction: Int,
    into buffer: UnsafeMutableBufferPointer<UInt16>
  ) -> String? {
    let isReduced = reduction > 1
    var row = [UInt16](repeating: 0, count: isReduced ? 4 * header.width : 0)
    var sums = [UInt64](
      repeating: 0, count: isReduced ? 4 * header.size(reducedBy: reduction).width : 0)
    return unsafe stream.withUnsafeBufferPointer { bytes in
      var source = unsafe cpng_source()
      unsafe source.next = bytes.baseAddress
      unsafe source.left = bytes.count
      guard
        unsafe cpng_decode_rgba16(
          &source, UInt32(header.width), UInt32(header.height), UInt32(reduction), &row, &sums,
          buffer.baseAddress) == 0
      else { return nil }
      return unsafe withUnsafeBytes(of: source.message) { message in
        unsafe String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
      }
    }
  }
}

extension PNGError.Reason {
  static let tooManyBytes = PNGError.Reason.tooLarge(
    "the file is larger than the limit of \(InputFile.maximumByteCount >> 20) MiB")
}
