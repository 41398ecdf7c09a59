import Images

extension Luminance {
  /// The picture with levels that do not depend on how much light falls on the paper: coloured ink
  /// is darker than its paper, and a shadow is as light as the paper without a shadow.
  ///
  /// A level is the share of the weakest of red, green and blue in the strongest one, each divided
  /// by its median over the image.
  ///
  /// - Parameter image: The image that these are the levels of.
  /// - Returns: The levels; `nil` if the image is gray.
  func withoutShadows(_ image: Image) -> Luminance? {
    let (channels, samples) = (image.format.channels, image.samples.span)
    guard channels >= 3, !isPlainGray else { return nil }
    let starts = stride(from: 0, to: levels.count, by: max(1, levels.count / 4096 | 1))
    let paper = (0..<3).map { channel in
      max(Double(starts.map { image.samples[channels * $0 + channel] }.lowerMedian), 1)
    }
    var levels = levels
    for index in levels.indices {
      var (least, most) = (Double.infinity, 0.0)
      for channel in 0..<3 {
        let share = Double(samples[channels * index + channel]) / paper[channel]
        (least, most) = (min(least, share), max(most, share))
      }
      // The added shares keep the noise of nearly black pixels from looking like colour.
      levels[index] = UInt16((least + 0.05) / (most + 0.05) * Double(Self.full))
    }
    return Luminance(self, levels: levels)
  }
}
