/// Samples of 8 bits in rows.
package struct PixelGrid {
  /// `[height, width, channels]`.
  let samples: [UInt8]
  /// The width in pixels.
  let width: Int
  /// The number of channels.
  let channels: Int

  /// - Precondition: The samples have the size.
  init(_ samples: [UInt8], width: Int, height: Int, channels: Int) {
    self.samples = samples
    self.width = width
    self.channels = channels
  }
}

/// A rectangle of pixels.
struct PixelBox: Equatable {
  var x = 0
  var y = 0
  let width: Int
  let height: Int

  /// Returns the box in the middle of an area, or nearer to its top left corner by half a pixel.
  func centred(inWidth width: Int, height: Int) -> PixelBox {
    PixelBox(
      x: (width - self.width) / 2, y: (height - self.height) / 2, width: self.width,
      height: self.height)
  }
}
