/// A picture whose headers have been checked, and whose samples are still encoded.
protocol EncodedPicture {
  /// What it is decoded to.
  associatedtype Decoded

  /// Checks the headers of a PNG or JPEG.
  ///
  /// - Parameters:
  ///   - bytes: A complete file. Bytes after its end are ignored.
  ///   - limit: The number of pixels above which it is downscaled.
  /// - Throws: ``ImageError``.
  init(_ bytes: [UInt8], downscaledAbove limit: Int) throws(ImageError)

  /// What the library for its format has to do.
  var task: DecodingTask { get }

  /// The file, as the library gets it.
  var pieces: EncodedPieces { get }

  /// Makes the picture from its samples, which it copies.
  ///
  /// - Parameter samples: Those of ``task``, in native byte order, at an address that fits them.
  /// - Returns: The picture.
  func decoded(_ samples: UnsafeRawBufferPointer) -> Decoded
}

extension EncodedPicture {
  /// Whether a message to another process takes as long as to decode it.
  var isSmall: Bool { task.byteCount <= 64 << 10 && pieces.count <= 64 << 10 }
}

/// A picture that is decoded to an ``Image``.
enum EncodedImage: EncodedPicture {
  case png(EncodedPNG)
  case jpeg(EncodedJPEG)

  init(_ bytes: [UInt8], downscaledAbove limit: Int) throws(ImageError) {
    switch try ImageFormat(of: bytes) {
    case .png: self = .png(try EncodedPNG(bytes, downscaledAbove: limit, asStored: false))
    case .jpeg: self = .jpeg(try EncodedJPEG(bytes, downscaledAbove: limit))
    }
  }

  var task: DecodingTask {
    switch self {
    case .png(let png): png.task
    case .jpeg(let jpeg): jpeg.task
    }
  }

  var pieces: EncodedPieces {
    switch self {
    case .png(let png): png.pieces
    case .jpeg(let jpeg): jpeg.pieces
    }
  }

  func decoded(_ samples: UnsafeRawBufferPointer) -> Image {
    switch self {
    case .png(let png): unsafe png.image(samples)
    case .jpeg(let jpeg): Image(unsafe jpeg.bitmap(samples))
    }
  }
}

/// A picture that is decoded to a ``Bitmap``.
enum EncodedBitmap: EncodedPicture {
  case png(EncodedPNG)
  case jpeg(EncodedJPEG)

  init(_ bytes: [UInt8], downscaledAbove limit: Int) throws(ImageError) {
    switch try ImageFormat(of: bytes) {
    case .png: self = .png(try EncodedPNG(bytes, downscaledAbove: limit, asStored: true))
    case .jpeg: self = .jpeg(try EncodedJPEG(bytes, downscaledAbove: limit))
    }
  }

  var task: DecodingTask {
    switch self {
    case .png(let png): png.task
    case .jpeg(let jpeg): jpeg.task
    }
  }

  var pieces: EncodedPieces {
    switch self {
    case .png(let png): png.pieces
    case .jpeg(let jpeg): jpeg.pieces
    }
  }

  func decoded(_ samples: UnsafeRawBufferPointer) -> Bitmap {
    switch self {
    case .png(let png): unsafe png.bitmap(samples)
    case .jpeg(let jpeg): unsafe jpeg.bitmap(samples)
    }
  }
}
