/// Resampling of one channel of an image to another size.
///
/// Each axis uses a triangle filter with the width of a pixel of the smaller size: it averages when
/// shrinking and interpolates when enlarging, like Pillow's `BILINEAR`.
enum Resampling {
  /// - Parameters:
  ///   - source: `[height, width]`.
  ///   - width: The width of the source, in pixels.
  ///   - newWidth: The width of the result, in pixels.
  ///   - newHeight: The height of the result, in pixels.
  /// - Returns: `[newHeight, newWidth]`, in the unit of the source.
  static func of(
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
        max(0, 1 - abs(Double(position) + 0.5 - centre) / reach)
      }
      let sum = shares.reduce(0, +)
      return (first, shares.map { Float(sum > 0 ? $0 / sum : 1) })
    }
  }
}
