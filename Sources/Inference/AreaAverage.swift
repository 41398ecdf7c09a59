/// Area averaging of a rectangle of an image to a smaller square grid.
enum AreaAverage {
  /// - Parameters:
  ///   - source: `[rows, width]` of 16-bit values.
  ///   - width: The width of the source, in pixels.
  ///   - box: The part of the source to average.
  ///   - origin: The position of the box in the averaged area, which is 0 elsewhere.
  ///   - area: The width and height of the averaged area, in pixels.
  ///   - cells: The side length of the result, in pixels.
  ///   - fudge: See ``AreaWeights``.
  /// - Returns: `[cells, cells]`, in the unit of the source.
  static func of(
    _ source: [UInt16], width: Int, box: Preprocessing.Box,
    at origin: (x: Int, y: Int), in area: (width: Int, height: Int), cells: Int, fudge: Double
  ) -> [Double] {
    let across = AreaWeights(count: area.width, cells: cells, fudge: fudge)
    let down = AreaWeights(count: area.height, cells: cells, fudge: fudge)
    // One extra row and column, because the share of the last pixel in a next cell is stored even
    // if 0.
    var result = [Double](repeating: 0, count: (cells + 1) * (cells + 1))
    var line = [Double](repeating: 0, count: cells + 1)
    for row in 0..<box.height {
      for cell in line.indices { line[cell] = 0 }
      var isEmpty = true
      for column in 0..<box.width {
        let amount = source[(box.y + row) * width + box.x + column]
        guard amount > 0 else { continue }
        isEmpty = false
        let value = Double(amount)
        let start = (origin.x + column) * across.repetitions
        for index in start..<start + across.repetitions {
          let share = across.shares[index]
          line[share.cell] += value * share.first
          line[share.cell + 1] += value * share.second
        }
      }
      guard !isEmpty else { continue }
      let start = (origin.y + row) * down.repetitions
      for index in start..<start + down.repetitions {
        let share = down.shares[index]
        let (first, second) = (share.cell * (cells + 1), (share.cell + 1) * (cells + 1))
        for cell in 0..<cells {
          result[first + cell] += share.first * line[cell]
          result[second + cell] += share.second * line[cell]
        }
      }
    }
    let stride = cells + 1
    return (0..<cells).flatMap { row in result[row * stride..<row * stride + cells] }
  }
}
