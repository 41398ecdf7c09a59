/// How the pixels of one axis of a picture fall on fewer cells.
///
/// A pixel touches at most two cells. An axis with fewer pixels than cells is doubled by repeating
/// pixels until it has enough, as QMNIST does.
struct AreaWeights {
  /// One pixel's share of the cell it begins in and of the next one.
  struct Share {
    let cell: Int
    let first: Double
    let second: Double
  }

  /// For each pixel of the axis, `repetitions` shares.
  let shares: [Share]
  /// How often a pixel is repeated.
  let repetitions: Int

  /// - Parameters:
  ///   - count: the pixels of the axis.
  ///   - cells: the cells they fall on.
  ///   - fudge: the part of its width that a pixel covers; 1, or MNIST's 0.99.
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
