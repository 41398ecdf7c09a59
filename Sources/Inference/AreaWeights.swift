/// The weights of area averaging along one axis: the shares of pixels in cells.
///
/// A pixel overlaps at most two cells. If an axis has fewer pixels than cells, pixels are repeated
/// by doubling until there are enough, as in QMNIST.
struct AreaWeights {
  /// The shares of a pixel in the cell where it starts and in the next cell.
  struct Share {
    let cell: Int
    let first: Double
    let second: Double
  }

  /// For each pixel of the axis, `repetitions` shares.
  let shares: [Share]
  /// The number of repetitions of each pixel.
  let repetitions: Int

  /// - Parameters:
  ///   - count: The number of pixels along the axis.
  ///   - cells: The number of cells.
  ///   - fudge: The fraction of its width that a pixel covers: 1, or MNIST's 0.99.
  init(count: Int, cells: Int, fudge: Double) {
    var repeated = count
    while repeated < cells { repeated *= 2 }
    repetitions = repeated / count
    let scale = Double(cells) / Double(repeated)
    shares = (0..<repeated).map { index in
      let low = Double(cells) / 2 + scale * (Double(index) - Double(repeated) / 2)
      let high = low + fudge * scale
      let first = Int((low + 1e-11).rounded(.down))
      let last = Int((high - 1e-11).rounded(.up)) - 1
      guard last > first else { return Share(cell: first, first: scale, second: 0) }
      return Share(
        cell: first, first: min(max(Double(first + 1) - low, 0), 1),
        second: min(max(high - Double(last), 0), 1))
    }
  }
}
