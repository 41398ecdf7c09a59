/// Removal of lines along the edges of an image, such as a frame or the edge of a sheet.
enum EdgeLines {
  /// Removes a line along each edge if it is thin, covers most of the edge, and no broad stroke
  /// starts there.
  ///
  /// - Parameters:
  ///   - amounts: `[height, width]`: 0 where there is no ink.
  ///   - width: The width, in pixels.
  static func clear(in amounts: inout [UInt16], width: Int) {
    let height = amounts.count / width
    clear(lines: height, length: width, in: &amounts) { line, place in line * width + place }
    clear(lines: height, length: width, in: &amounts) { line, place in
      (height - 1 - line) * width + place
    }
    clear(lines: width, length: height, in: &amounts) { line, place in place * width + line }
    clear(lines: width, length: height, in: &amounts) { line, place in
      place * width + width - 1 - line
    }
  }

  /// - Parameters:
  ///   - lines: The number of pixel lines, counted from the edge.
  ///   - length: The length of a line, in pixels.
  ///   - amounts: The ink.
  ///   - index: Returns the index of a pixel from its line and its position in the line.
  private static func clear(
    lines: Int, length: Int, in amounts: inout [UInt16], index: (Int, Int) -> Int
  ) {
    // A stroke of MNIST is about a tenth of the digit's height; a line is thinner than a third of
    // that.
    let thickest = min(lines, length) / 32
    func share(_ line: Int) -> Double {
      let count = (0..<length).count { amounts[index(line, $0)] > 0 }
      return Double(count) / Double(length)
    }
    guard thickest > 0, let first = (0...thickest).first(where: { share($0) >= 0.8 }),
      let end = (first...first + thickest).first(where: { share($0) < 0.5 })
    else { return }
    for line in 0..<end { for place in 0..<length { amounts[index(line, place)] = 0 } }
  }
}
