internal import CPNG
internal import Files
internal import Glibc

extension Image {
  /// The image as the bytes of a PNG file.
  ///
  /// Gray, RGB and RGBA images are written as they are. The encoder writes 8 bits a channel, so
  /// the samples of an ``Format/rgba16`` image are rounded.
  ///
  /// - Returns: a whole PNG.
  /// - Throws: ``PNGError`` if libpng refuses the image, as it does one past a million pixels a side.
  public func encoded() throws(PNGError) -> [UInt8] {
    var header = png_image()
    header.version = UInt32(PNG_IMAGE_VERSION)
    header.width = UInt32(clamping: width)
    header.height = UInt32(clamping: height)
    header.format = format.libpngFormat
    defer { png_image_free(&header) }

    let samples =
      format == .rgba16
      ? samples.map { UInt8((Int($0) * 255 + 32_767) / 65_535) }
      : samples.map { UInt8(truncatingIfNeeded: $0) }
    // The first call measures, the second one writes.
    var count = 0
    var isWritten = png_image_write_to_memory(&header, nil, &count, 0, samples, 0, nil) != 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      guard isWritten else { return }
      isWritten =
        png_image_write_to_memory(&header, buffer.baseAddress, &count, 0, samples, 0, nil) != 0
      initializedCount = isWritten ? count : 0
    }
    guard isWritten else {
      let message = withUnsafeBytes(of: header.message) { message in
        String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
      }
      throw PNGError(.unwritten(message))
    }
    return bytes
  }

  /// Writes the image to a PNG file, replacing what was there.
  ///
  /// - Parameter path: the file.
  /// - Throws: ``PNGError`` with the path if the file cannot be created or written.
  public func write(to path: String) throws(PNGError) {
    let bytes: [UInt8]
    do {
      bytes = try encoded()
    } catch {
      throw PNGError(error.reason, path: path)
    }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw PNGError(.uncreatable(systemError()), path: path) }
    var rest = bytes[...]
    var failure: String?
    while failure == nil, !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        failure = systemError()
      }
    }
    // A full disk or a quota may only show when the file is closed.
    if close(descriptor) != 0, failure == nil { failure = systemError() }
    if let failure { throw PNGError(.unwritten(failure), path: path) }
  }
}

extension Image.Format {
  /// libpng's word for the layout in which the samples are handed over.
  fileprivate var libpngFormat: UInt32 {
    switch self {
    case .gray8: 0
    case .rgb8: UInt32(PNG_FORMAT_FLAG_COLOR)
    case .rgba8, .rgba16: UInt32(PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA)
    }
  }
}
