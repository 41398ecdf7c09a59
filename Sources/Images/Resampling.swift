/// Resampling of an image to another size.
///
/// Each axis uses a triangle filter with the width of a pixel of the smaller size: it averages when
/// shrinking and interpolates when enlarging, like Pillow's `BILINEAR`.
package enum Resampling {
  /// Resamples one channel of 16 bits.
  ///
  /// - Parameters:
  ///   - source: `[height, width]`.
  ///   - width: The width of the source, in pixels.
  ///   - newWidth: The width of the result, in pixels.
  ///   - newHeight: The height of the result, in pixels.
  /// - Returns: `[newHeight, newWidth]`, in the unit of the source.
  package static func of(
    _ source: [UInt16], width: Int, toWidth newWidth: Int, height newHeight: Int
  ) -> [Float] {
    let height = source.count / width
    let across = weights(from: width, to: newWidth)
    let down = weights(from: height, to: newHeight)
    var lines = [Float](repeating: 0, count: height * newWidth)
    for row in 0..<height {
      for (column, weight) in across.enumerated() {
        var sum: Float = 0
        for (index, share) in weight.shares.enumerated() {
          sum += share * Float(source[row * width + weight.first + index])
        }
        lines[row * newWidth + column] = sum
      }
    }
    var result = [Float](repeating: 0, count: newHeight * newWidth)
    for (row, weight) in down.enumerated() {
      for (index, share) in weight.shares.enumerated() {
        let start = (weight.first + index) * newWidth
        for column in 0..<newWidth {
          result[row * newWidth + column] += share * lines[start + column]
        }
      }
    }
    return result
  }

  /// Resamples a part of an image of 8 bits.
  ///
  /// - Parameters:
  ///   - source: The image.
  ///   - part: The part of the image.
  ///   - newWidth: The width of the result, in pixels.
  ///   - newHeight: The height of the result, in pixels.
  /// - Returns: `[newHeight, newWidth, channels]`, rounded.
  static func of(
    _ source: PixelGrid, part: PixelBox, toWidth newWidth: Int, height newHeight: Int
  ) -> [UInt8] {
    let channels = source.channels
    let across = weights(from: part.width, to: newWidth)
    let down = weights(from: part.height, to: newHeight)
    let lineCount = newWidth * channels
    // The rows of the part, with their new width.
    let lines = unsafe [Float](
      unsafeUninitializedCapacity: part.height * lineCount
    ) { lines, count in
      unsafe source.samples.withUnsafeBufferPointer { samples in
        for row in 0..<part.height {
          let start = ((part.y + row) * source.width + part.x) * channels
          var target = row * lineCount
          for weight in across {
            let first = start + weight.first * channels
            for channel in 0..<channels {
              var (sum, index): (Float, Int) = (0, first + channel)
              for share in weight.shares {
                unsafe sum += share * Float(samples[index])
                index += channels
              }
              unsafe lines.initializeElement(at: target, to: sum)
              target += 1
            }
          }
        }
      }
      count = part.height * lineCount
    }
    var sums = [Float](repeating: 0, count: lineCount)
    var result: [UInt8] = []
    result.reserveCapacity(newHeight * lineCount)
    for weight in down {
      for index in sums.indices { sums[index] = 0 }
      unsafe lines.withUnsafeBufferPointer { lines in
        for (row, share) in weight.shares.enumerated() {
          let start = (weight.first + row) * lineCount
          for index in 0..<lineCount { unsafe sums[index] += share * lines[start + index] }
        }
      }
      for sum in sums { result.append(UInt8(min(max(sum + 0.5, 0), 255))) }
    }
    return result
  }

  /// The source pixels and weights of each pixel of the result.
  private static func weights(from count: Int, to newCount: Int) -> [(first: Int, shares: [Float])]
  {
    let scale = Double(count) / Double(newCount)
    let reach = max(scale, 1)
    return (0..<newCount).map { index in
      let centre = (Double(index) + 0.5) * scale
      let first = max(Int(centre - reach + 0.5), 0)
      let last = min(Int(centre + reach + 0.5), count)
      let shares = (first..<max(last, first + 1)).map { position in
        let distance: Double = abs(Double(position) + 0.5 - centre)
        return max(0, 1 - distance / reach)
      }
      let sum = shares.reduce(0, +)
      return (first, shares.map { Float(sum > 0 ? $0 / sum : 1) })
    }
  }
}
