/// A picture whose headers have been checked, and whose samples are still encoded.
enum EncodedPicture {
  case png(EncodedPNG)
  case jpeg(EncodedJPEG)

  /// Checks the headers of a PNG or JPEG.
  ///
  /// - Parameters:
  ///   - bytes: A complete file. Bytes after its end are ignored.
  ///   - limit: The number of pixels above which it is downscaled.
  ///   - asStored: Whether samples of at most 8 bits keep their channels, for a ``Bitmap``.
  /// - Throws: ``ImageError``.
  init(
    _ bytes: [UInt8], downscaledAbove limit: Int, asStored: Bool
  ) throws(ImageError) {
    guard bytes.count <= InputFile.maximumByteCount else { throw ImageError(.tooManyBytes) }
    switch try ImageFormat(of: bytes) {
    case .png: self = .png(try EncodedPNG(bytes, downscaledAbove: limit, asStored: asStored))
    case .jpeg: self = .jpeg(try EncodedJPEG(bytes, downscaledAbove: limit))
    }
  }

  /// What the library for its format has to do.
  var task: DecodingTask {
    switch self {
    case .png(let png): png.task
    case .jpeg(let jpeg): jpeg.task
    }
  }

  /// The file, as the library gets it.
  var pieces: EncodedPieces {
    switch self {
    case .png(let png): png.pieces
    case .jpeg(let jpeg): jpeg.pieces
    }
  }

  /// Whether a message to another process takes as long as to decode it.
  var isSmall: Bool { task.byteCount <= 64 << 10 && pieces.count <= 64 << 10 }

  /// Makes an image from the samples of ``task``, which it copies.
  func image(_ samples: UnsafeRawBufferPointer) -> Image {
    switch self {
    case .png(let png): unsafe png.image(samples)
    case .jpeg(let jpeg): Image(unsafe jpeg.bitmap(samples))
    }
  }

  /// Makes a bitmap from the samples of ``task``, which it copies.
  func bitmap(_ samples: UnsafeRawBufferPointer) -> Bitmap {
    switch self {
    case .png(let png): unsafe png.bitmap(samples)
    case .jpeg(let jpeg): unsafe jpeg.bitmap(samples)
    }
  }
}
