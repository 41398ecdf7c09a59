extension Image {
  /// Decodes a PNG in memory, downscaled if it has more than `limit` pixels.
  static func decodePNG(
    _ bytes: [UInt8], downscaledAbove limit: Int, with decoder: SampleDecoder
  ) throws(ImageError) -> Image {
    let filtered = try ChunkFilter(bytes)
    let header = filtered.header
    let reduction = header.reduction(above: limit)
    let size = size(width: header.width, height: header.height, reducedBy: reduction)
    let channels = Format.rgba16.channels
    let samples = try PNGDecoder.decode(
      filtered, as: UInt16.self, channels: channels, reducedBy: reduction,
      with: decoder)
    let upright = filtered.orientation.upright(
      samples, width: size.width, height: size.height, channels: channels)
    var image = Image(
      width: upright.width, height: upright.height, format: .rgba16, samples: upright.samples)
    image.orientation = filtered.orientation.rawValue
    image.reduction = reduction
    return image
  }
}
