/// Whether a picture is an empty sheet, however noisy and unevenly lit.
///
/// Ink has edges: somewhere the picture changes by far more than noise does, and by a good part of
/// all that is left when the light is taken away. Noise of the camera has no place that stands out
/// from the rest; a vignette is smooth. The picture is averaged over cells, which makes strokes
/// stand out from noise; it is blank if no edge is found in a fine grid nor in coarser ones. The
/// light is a surface of the second degree.
enum BlankSheet {
  /// The most cells a side of the grids.
  private static let grids = [64, 28, 14]
  /// How far the strongest edge must be above the typical difference of neighbours, in standard
  /// deviations: of 8,000 differences of noise the largest is at 4 to 5.
  private static let leastDeviations = 6.5
  /// The least part of the range, without the light, that the strongest edge must be.
  private static let leastShareOfRange = 0.2
  /// The part of white that neither noise nor vignettes reach when 28 cells a side are averaged.
  private static let rangeOfInk = 0.35 * Double(Luminance.full)
  /// The share of the differences that are smaller than ``deviations`` standard deviations; there
  /// are more between the edges of a small picture's strokes than between two pixels of paper.
  private static let share = 0.35
  private static let deviations = 0.4538

  static func isBlank(_ picture: Luminance) -> Bool {
    grids.allSatisfy { isBlank(picture, maximumSide: $0) }
  }

  private static func isBlank(_ picture: Luminance, maximumSide: Int) -> Bool {
    let cells = Cells(of: picture, maximumSide: maximumSide)
    // A picture of one or two rows is no sheet to judge.
    guard cells.width > 2, cells.height > 2 else { return maximumSide < grids[0] }
    let flat = cells.withoutLight
    var differences: [Double] = []
    for row in 0..<cells.height {
      for column in 0..<cells.width {
        let value = flat[row * cells.width + column]
        if column > 0 { differences.append(abs(value - flat[row * cells.width + column - 1])) }
        if row > 0 { differences.append(abs(value - flat[(row - 1) * cells.width + column])) }
      }
    }
    differences.sort()
    guard let strongest = differences.last, let low = flat.min(), let high = flat.max() else {
      return true
    }
    if maximumSide == FittedDigit.side, high - low > rangeOfInk { return false }
    let deviation = differences[Int(Double(differences.count) * share)] / deviations
    return strongest < leastDeviations * deviation
      || strongest < leastShareOfRange * (high - low)
      || strongest * Double(cells.size) < Double(Ink.leastContrast)
  }
}

/// A picture averaged over a grid of cells.
private struct Cells {
  /// The pixels a side of a cell.
  let size: Int
  let width: Int
  let height: Int
  let means: [Double]

  init(of picture: Luminance, maximumSide: Int) {
    size = (max(picture.width, picture.height) + maximumSide - 1) / maximumSide
    // Cells that the picture ends in would be noisier than the others.
    width = max(picture.width / size, 1)
    height = max(picture.height / size, 1)
    let size = size
    var sums = [Int](repeating: 0, count: width * height)
    for row in 0..<min(height * size, picture.height) {
      for column in 0..<width {
        let start = row * picture.width + column * size
        var sum = 0
        for index in start..<min(start + size, (row + 1) * picture.width) {
          sum += Int(picture.levels[index])
        }
        sums[row / size * width + column] += sum
      }
    }
    let count = Double(size * size)
    means = sums.map { Double($0) / count }
  }

  /// The means without the surface of the second degree that fits most of them.
  var withoutLight: [Double] {
    var weights = [Double](repeating: 1, count: means.count)
    var rest = means
    // What is far from the surface, as ink is, counts less each time.
    for _ in 0..<6 {
      guard let surface = fit(weights) else { break }
      rest = zip(means, surface).map { $0 - $1 }
      let sizes = rest.map(abs).sorted()
      let scale = max(sizes[sizes.count / 2] / 0.6745, 1)
      weights = rest.map { 1 / (1 + ($0 / scale) * ($0 / scale)) }
    }
    return rest
  }

  private func terms(_ index: Int) -> [Double] {
    let x = (2 * Double(index % width) + 1) / Double(width) - 1
    let y = (2 * Double(index / width) + 1) / Double(height) - 1
    return [1, x, y, x * x, x * y, y * y]
  }

  /// The surface with the least weighted squares; `nil` if the cells do not determine it.
  private func fit(_ weights: [Double]) -> [Double]? {
    let count = 6
    // The normal equations, solved by elimination.
    var rows = [[Double]](repeating: [Double](repeating: 0, count: count + 1), count: count)
    for (index, weight) in weights.enumerated() {
      let terms = terms(index)
      for i in 0..<count {
        for j in 0..<count { rows[i][j] += weight * terms[i] * terms[j] }
        rows[i][count] += weight * terms[i] * means[index]
      }
    }
    for pivot in 0..<count {
      guard rows[pivot][pivot] > 1e-9 else { return nil }
      for row in 0..<count where row != pivot {
        let factor = rows[row][pivot] / rows[pivot][pivot]
        for column in pivot...count { rows[row][column] -= factor * rows[pivot][column] }
      }
    }
    let coefficients = rows.indices.map { rows[$0][count] / rows[$0][$0] }
    return means.indices.map { index in
      zip(coefficients, terms(index)).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }
}
