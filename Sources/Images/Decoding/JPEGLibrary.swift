internal import CTurboJPEG

/// Decodes the samples of JPEGs with TurboJPEG.
@safe
final class JPEGLibrary {
  private let handle: tjhandle?

  /// Creates a decoder.
  init() { unsafe handle = unsafe tjInitDecompress() }

  deinit { if let handle = unsafe handle { unsafe tjDestroy(handle) } }

  /// Fills a buffer with all samples; the parameters are those of ``DecodingTask``.
  ///
  /// - Returns: The message of libjpeg if it fails.
  func decode(
    _ bytes: [UInt8], width: Int, height: Int, components: Int, reduction: Int,
    into buffer: UnsafeMutableRawBufferPointer
  ) -> String? {
    guard let handle = unsafe handle else { return "there is not enough memory to decode it" }
    let format = components == 4 ? TJPF_CMYK : components == 1 ? TJPF_GRAY : TJPF_RGB
    let size = Image.size(width: width, height: height, reducedBy: reduction)
    return unsafe bytes.withUnsafeBufferPointer { input in
      var (foundWidth, foundHeight, subsampling, space): (CInt, CInt, CInt, CInt) = (0, 0, 0, 0)
      // It also fails for ratios of subsampling without a name in this API, which can be decoded.
      unsafe tjDecompressHeader3(
        handle, input.baseAddress, CUnsignedLong(input.count), &foundWidth, &foundHeight,
        &subsampling, &space)
      guard foundWidth == width, foundHeight == height else {
        return foundWidth == 0 ? message : "its size is ambiguous"
      }
      let status = unsafe tjDecompress2(
        handle, input.baseAddress, CUnsignedLong(input.count),
        buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), CInt(size.width), 0,
        CInt(size.height), CInt(format.rawValue), 0)
      guard status != 0,
        unsafe tjGetErrorCode(handle) != CInt(TJERR_WARNING.rawValue) || !isHarmless
      else { return nil }
      return message
    }
  }

  /// The message of the last error or warning, without the name of a function.
  private var message: String {
    guard let text = unsafe tjGetErrorStr2(handle) else { return "libjpeg cannot read it" }
    let message = unsafe String(cString: text)
    return message.split(separator: "(): ", maxSplits: 1).last.map(String.init) ?? message
  }

  /// Whether the last warning is about bytes that do not belong to the pixels, or about a marker
  /// that can be understood nevertheless.
  private var isHarmless: Bool {
    let harmless = [
      "extraneous bytes before marker", "Unknown Adobe color transform code",
      "Invalid SOS parameters",
    ]
    let message = message
    return harmless.contains { message.contains($0) }
  }
}
