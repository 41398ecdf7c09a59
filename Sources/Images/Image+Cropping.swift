extension Image {
  /// A part of the image.
  ///
  /// - Parameters:
  ///   - columns: The columns, at least one.
  ///   - rows: The rows, at least one.
  /// - Returns: The pixels, in the same format.
  /// - Precondition: The part lies within the image.
  package func cropped(columns: Range<Int>, rows: Range<Int>) -> Image {
    let channels = format.channels
    var part: [UInt16] = []
    part.reserveCapacity(columns.count * rows.count * channels)
    for row in rows {
      let first = (row * width + columns.lowerBound) * channels
      part += samples[first..<first + columns.count * channels]
    }
    var image = Image(width: columns.count, height: rows.count, format: format, samples: part)
    image.orientation = orientation
    image.reduction = reduction
    return image
  }
}
