internal import CTurboJPEG

/// Decodes JPEGs with libjpeg-turbo, one at a time.
@safe
struct JPEGDecoder: ~Copyable {
  private let handle: tjhandle

  /// Starts the library.
  ///
  /// - Throws: ``ImageError`` if there is not enough memory.
  init() throws(ImageError) {
    guard let handle = unsafe tjInitDecompress() else {
      throw ImageError(.tooLarge("there is not enough memory to decode a JPEG"))
    }
    unsafe self.handle = unsafe handle
  }

  deinit { unsafe tjDestroy(handle) }

  /// Decodes a JPEG to gray or RGB, downscaled if it exceeds the limit of pixels.
  ///
  /// - Parameters:
  ///   - bytes: A complete JPEG.
  ///   - limit: The number of pixels above which it is downscaled.
  /// - Returns: The image, upright, with one channel or three.
  /// - Throws: ``ImageError`` if it is damaged, not supported or exceeds a limit. All warnings of
  ///   libjpeg but the harmless ones are errors, because it invents the pixels that it cannot
  ///   decode.
  func decode(
    _ bytes: [UInt8], downscaledAbove limit: Int = Image.maximumDecodedPixelCount
  ) throws(ImageError) -> Bitmap {
    let header = try JPEGHeader(bytes)
    let reduction = header.reduction(above: limit)
    let size = Image.size(width: header.width, height: header.height, reducedBy: reduction)
    let isPrint = header.components == 4
    let format = isPrint ? TJPF_CMYK : header.components == 1 ? TJPF_GRAY : TJPF_RGB
    let count = size.width * size.height * header.components
    var failure: String?
    var samples = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      failure = unsafe decode(bytes, header, to: size, format, into: buffer)
      filled = failure == nil ? count : 0
    }
    if let failure { throw ImageError(.damaged(.jpeg, failure)) }
    if isPrint { samples = Self.rgb(ofInvertedCMYK: samples) }
    return Bitmap(
      samples, width: size.width, height: size.height, channels: isPrint ? 3 : header.components,
      orientation: header.orientation, reduction: reduction)
  }

  /// Fills a buffer with all samples, or returns the error message of libjpeg.
  private func decode(
    _ bytes: [UInt8], _ header: JPEGHeader, to size: (width: Int, height: Int), _ format: TJPF,
    into buffer: UnsafeMutableBufferPointer<UInt8>
  ) -> String? {
    unsafe bytes.withUnsafeBufferPointer { input in
      var (width, height, subsampling, space): (CInt, CInt, CInt, CInt) = (0, 0, 0, 0)
      // It also fails for ratios of subsampling without a name in this API, which can be decoded.
      unsafe tjDecompressHeader3(
        handle, input.baseAddress, CUnsignedLong(input.count), &width, &height, &subsampling,
        &space)
      guard width == header.width, height == header.height else {
        return width == 0 ? message : "its size is ambiguous"
      }
      let status = unsafe tjDecompress2(
        handle, input.baseAddress, CUnsignedLong(input.count), buffer.baseAddress,
        CInt(size.width), 0, CInt(size.height), CInt(format.rawValue), 0)
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

  /// Converts CMYK samples as Adobe's programs write them, 255 for no ink, to RGB, as Pillow does.
  private static func rgb(ofInvertedCMYK samples: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(samples.count / 4 * 3)
    for start in stride(from: 0, to: samples.count, by: 4) {
      let light = Int(samples[start + 3])
      for channel in start..<start + 3 {
        let product = (255 - Int(samples[channel])) * light + 128
        result.append(UInt8(light - (product + product >> 8) >> 8))
      }
    }
    return result
  }
}
