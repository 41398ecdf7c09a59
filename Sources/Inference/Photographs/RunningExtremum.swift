/// The running minimum and maximum of gray levels: gray erosion and dilation with a flat square.
///
/// Source: M. van Herk, *A Fast Algorithm for Local Minimum and Maximum Filters on Rectangular and
/// Octagonal Kernels*, 1992; three comparisons a pixel and axis for a window of any size.
enum RunningExtremum {
  /// Closing: the maximum in a square around each pixel, then the minimum of those.
  ///
  /// Dark strokes that are narrower than the square vanish. Pixels outside the picture are ignored.
  ///
  /// - Parameters:
  ///   - levels: `[height, width]`.
  ///   - width: The width, in pixels.
  ///   - radius: The square has a side of `2 * radius + 1` pixels.
  /// - Returns: `[height, width]`, nowhere less than `levels`.
  static func closing(_ levels: [UInt16], width: Int, radius: Int) -> [UInt16] {
    // The minimum is the maximum of the complement.
    let dilated = maximum(levels, width: width, radius: radius)
    return maximum(dilated.map { ~$0 }, width: width, radius: radius).map { ~$0 }
  }

  /// The maximum in a square around each pixel.
  private static func maximum(_ levels: [UInt16], width: Int, radius: Int) -> [UInt16] {
    let height = levels.count / width
    // Rows are filtered and transposed twice, so that memory is read in its order.
    let across = filteredRows(levels, length: width, lines: height, radius: radius)
    return filteredRows(across, length: height, lines: width, radius: radius)
  }

  /// Filters rows and returns them as columns.
  private static func filteredRows(
    _ levels: [UInt16], length: Int, lines: Int, radius: Int
  ) -> [UInt16] {
    let window = 2 * radius + 1
    // Zeros around a row never win; the padded row is a whole number of windows.
    let padded = (length + 2 * radius + window - 1) / window * window
    var row = [UInt16](repeating: 0, count: padded)
    var prefix = row
    var suffix = row
    var result = [UInt16](repeating: 0, count: levels.count)
    let source = levels.span
    for line in 0..<lines {
      for index in 0..<length { row[radius + index] = source[line * length + index] }
      for start in stride(from: 0, to: padded, by: window) {
        var largest: UInt16 = 0
        for index in start..<start + window {
          largest = max(largest, row[index])
          prefix[index] = largest
        }
        largest = 0
        for index in (start..<start + window).reversed() {
          largest = max(largest, row[index])
          suffix[index] = largest
        }
      }
      for index in 0..<length {
        result[index * lines + line] = max(suffix[index], prefix[index + window - 1])
      }
    }
    return result
  }
}
