internal import CPNG
internal import Files
internal import Glibc

extension Image {
  /// Reads a PNG file.
  ///
  /// Every color type, depth and interlacing is read, and transparency of every kind becomes an
  /// alpha channel. The samples are those that the file stores, widened to 16 bits: a gamma, a
  /// colour profile or a white point (gAMA, iCCP, cHRM) is not applied, as if all said sRGB. Of an
  /// animation the first picture is read. The picture is turned as the orientation in an eXIf chunk
  /// asks; one of more than ``maximumDecodedPixelCount`` pixels is reduced row by row.
  ///
  /// - Parameter path: The path of a regular file; directories, FIFOs and devices are refused.
  /// - Returns: the picture as ``Format/rgba16``.
  /// - Throws: ``PNGError`` with the path if the file cannot be read, is not a PNG, is damaged, or
  ///   has more than ``maximumPixelCount`` pixels or ``maximumSide`` a side.
  public static func decode(contentsOf path: String) throws(PNGError) -> Image {
    try decode(try InputFile.contents(of: path), named: path)
  }

  /// Decodes the PNG that standard input is, as ``decode(contentsOf:)`` does a file.
  ///
  /// - Returns: the picture as ``Format/rgba16``.
  /// - Throws: ``PNGError`` as ``decode(contentsOf:)`` does, with the path `-`.
  public static func decodeStandardInput() throws(PNGError) -> Image {
    try decode(try InputFile.standardInput(), named: "-")
  }

  /// Describes bytes that are not a PNG.
  private static func kind(of bytes: [UInt8]) -> String {
    if bytes.isEmpty { return "an empty file" }
    if FileFormat.png.starts(with: bytes) { return "the first \(bytes.count) bytes of one" }
    if bytes.prefix(512).allSatisfy({ $0 == 0 }) { return "nothing but zero bytes" }
    return FileFormat.name(of: bytes) ?? "data of another kind"
  }

  private static func decode(_ bytes: [UInt8], named path: String) throws(PNGError) -> Image {
    do {
      return try decode(bytes)
    } catch {
      throw PNGError(error.reason, path: path)
    }
  }

  /// Decodes a PNG in memory, as ``decode(contentsOf:)`` does a file.
  ///
  /// - Parameter bytes: a whole PNG; what follows its last chunk is ignored.
  /// - Returns: the picture as ``Format/rgba16``.
  /// - Throws: ``PNGError`` if the bytes are not a PNG, are damaged, or are too many.
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
    let samples = [UInt16](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      failure = decode(filtered.stream, header, reducedBy: reduction, into: buffer)
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

  /// Fills a buffer with all samples, or returns libpng's reason why not.
  private static func decode(
    _ stream: [UInt8], _ header: Header, reducedBy reduction: Int,
    into buffer: UnsafeMutableBufferPointer<UInt16>
  ) -> String? {
    let isReduced = reduction > 1
    var row = [UInt16](repeating: 0, count: isReduced ? 4 * header.width : 0)
    var sums = [UInt64](
      repeating: 0, count: isReduced ? 4 * header.size(reducedBy: reduction).width : 0)
    return stream.withUnsafeBufferPointer { bytes in
      var source = cpng_source()
      source.next = bytes.baseAddress
      source.left = bytes.count
      guard
        cpng_decode_rgba16(
          &source, UInt32(header.width), UInt32(header.height), UInt32(reduction), &row, &sums,
          buffer.baseAddress) == 0
      else { return nil }
      return withUnsafeBytes(of: source.message) { message in
        String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
      }
    }
  }
}

extension PNGError.Reason {
  static let tooManyBytes = PNGError.Reason.tooLarge(
    "the file is larger than the limit of \(InputFile.maximumByteCount >> 20) MiB")
}
