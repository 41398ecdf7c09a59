internal import CPNG
internal import Files
internal import Glibc

extension Image {
  /// Encodes the image as PNG with 8 bits a channel.
  ///
  /// The samples of an ``Format/rgba16`` image are rounded to 8 bits.
  ///
  /// - Returns: The bytes of the PNG.
  /// - Throws: ``ImageError`` if libpng fails, for instance above a million pixels a side.
  public func encoded() throws(ImageError) -> [UInt8] {
    var header = unsafe png_image()
    unsafe header.version = UInt32(PNG_IMAGE_VERSION)
    unsafe header.width = UInt32(clamping: width)
    unsafe header.height = UInt32(clamping: height)
    unsafe header.format = format.libpngFormat
    defer { unsafe png_image_free(&header) }

    let samples =
      format == .rgba16
      ? samples.map { UInt8((Int($0) * 255 + 32_767) / 65_535) }
      : samples.map { UInt8(truncatingIfNeeded: $0) }
    // Room for pixels that cannot be compressed, so that libpng compresses only once. If it did not
    // suffice, libpng would return the size, and the second attempt would have it.
    var count = samples.count + samples.count / 64 + height + 4096
    var bytes: [UInt8] = []
    var isWritten = false
    for _ in 0..<2 where !isWritten {
      let room = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
        isWritten =
          unsafe png_image_write_to_memory(
            &header, buffer.baseAddress, &count, 0, samples, 0, nil) != 0
        initializedCount = isWritten ? count : 0
      }
      // A copy without the rest of the room.
      bytes = Array(room[...])
    }
    guard isWritten else {
      let message = unsafe withUnsafeBytes(of: header.message) { message in
        unsafe String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
      }
      throw ImageError(.unwritten(message))
    }
    return bytes
  }

  /// Writes the image to a PNG file.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - replaces: Whether an existing file is overwritten; otherwise it is an error.
  /// - Throws: ``ImageError`` with the path if the file cannot be created or written.
  public func write(to path: String, replacing replaces: Bool = true) throws(ImageError) {
    let bytes: [UInt8]
    do {
      bytes = try encoded()
    } catch {
      throw ImageError(error.reason, path: path)
    }
    try Self.write(bytes, to: path, replacing: replaces)
  }

  /// Writes an encoded image to a file that does not exist yet.
  ///
  /// - Parameters:
  ///   - bytes: The contents of the file.
  ///   - path: The path of the file.
  /// - Throws: ``ImageError`` with the path if the file exists, or cannot be created or written.
  package static func write(_ bytes: [UInt8], toNewFile path: String) throws(ImageError) {
    try write(bytes, to: path, replacing: false)
  }

  private static func write(
    _ bytes: [UInt8], to path: String, replacing replaces: Bool
  ) throws(ImageError) {
    let descriptor = unsafe open(
      path, O_WRONLY | O_CREAT | O_CLOEXEC | (replaces ? O_TRUNC : O_EXCL), 0o666)
    guard descriptor >= 0 else { throw ImageError(.uncreatable(systemError()), path: path) }
    var rest = bytes[...]
    var failure: String?
    while failure == nil, !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        failure = systemError()
      }
    }
    // Errors of a full disk or a quota may be reported only when the file is closed.
    if close(descriptor) != 0, failure == nil { failure = systemError() }
    if let failure { throw ImageError(.unwritten(failure), path: path) }
  }
}

extension Image.Format {
  /// libpng's constant for the layout of the samples.
  fileprivate var libpngFormat: UInt32 {
    switch self {
    case .gray8: 0
    case .rgb8: UInt32(PNG_FORMAT_FLAG_COLOR)
    case .rgba8, .rgba16: UInt32(PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA)
    }
  }
}
