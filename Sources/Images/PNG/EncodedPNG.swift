/// A PNG whose chunks have been checked.
struct EncodedPNG {
  private let filtered: ChunkFilter
  private let reduction: Int
  /// Whether its samples stay as they are, with 8 bits each, instead of becoming RGBA of 16 bits.
  private let isAsStored: Bool

  /// Checks the chunks.
  ///
  /// - Parameters:
  ///   - bytes: A complete file. Bytes after its end are ignored.
  ///   - limit: The number of pixels above which it is downscaled.
  ///   - asStored: Whether samples of at most 8 bits keep their channels; without effect on one
  ///     that is downscaled.
  /// - Throws: ``ImageError``.
  init(
    _ bytes: [UInt8], downscaledAbove limit: Int, asStored: Bool
  ) throws(ImageError) {
    filtered = try ChunkFilter(bytes)
    reduction = filtered.header.reduction(above: limit)
    isAsStored = asStored && filtered.header.depth <= 8 && reduction == 1
  }

  /// The number of channels of the samples; the palette and tRNS are expanded.
  private var channels: Int {
    guard isAsStored else { return Image.Format.rgba16.channels }
    let type = filtered.header.colorType
    return (type == .palette ? 3 : type.channels) + (filtered.hasTransparency ? 1 : 0)
  }

  var task: DecodingTask {
    .png(
      width: filtered.header.width, height: filtered.header.height, bits: isAsStored ? 8 : 16,
      channels: channels, reduction: reduction)
  }

  var pieces: EncodedPieces { EncodedPieces(bytes: filtered.bytes, ranges: filtered.pieces) }

  /// Makes an image from samples of 16 bits.
  func image(_ samples: UnsafeRawBufferPointer) -> Image {
    let header = filtered.header
    let size = Image.size(width: header.width, height: header.height, reducedBy: reduction)
    let upright = filtered.orientation.upright(
      unsafe Array(samples.bindMemory(to: UInt16.self)), width: size.width, height: size.height,
      channels: channels)
    var image = Image(
      width: upright.width, height: upright.height, format: .rgba16, samples: upright.samples)
    image.orientation = filtered.orientation.rawValue
    image.reduction = reduction
    return image
  }

  /// Makes a bitmap; samples of 16 bits are rounded.
  func bitmap(_ samples: UnsafeRawBufferPointer) -> Bitmap {
    guard isAsStored else { return Bitmap(unsafe image(samples)) }
    return Bitmap(
      unsafe Array(samples), width: filtered.header.width, height: filtered.header.height,
      channels: channels, orientation: filtered.orientation, reduction: 1)
  }
}
