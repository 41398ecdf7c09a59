/// Detection of blank images, even noisy and unevenly lit ones.
///
/// Ink has edges: the brightness changes there by much more than noise, and by a large part of the
/// range that remains after removing the illumination. Camera noise has no outliers, and vignetting
/// is smooth. The image is averaged over cells, which separates strokes from noise. It is blank if
/// neither a fine grid nor coarser ones show an edge. The illumination is modelled as a quadratic
/// surface.
enum BlankSheet {
  /// The maximum number of cells per side of each grid.
  private static let grids = [64, 28, 14]
  /// The minimum strength of the strongest edge, in standard deviations of the differences between
  /// neighbours; the largest of 8,000 noise differences is at 4 to 5.
  private static let leastDeviations = 6.5
  /// The minimum strength of the strongest edge, as a fraction of the range without illumination.
  private static let leastShareOfRange = 0.2
  /// The range (relative to white) that neither noise nor vignetting reaches when averaged over 28
  /// cells per side.
  private static let rangeOfInk = 0.35 * Double(Luminance.full)
  /// The fraction of differences smaller than ``deviations`` standard deviations; in a small image,
  /// most neighbours are separated by edges of strokes.
  private static let share = 0.35
  private static let deviations = 0.4538

  static func isBlank(_ picture: Luminance) -> Bool {
    grids.allSatisfy { isBlank(picture, maximumSide: $0) }
  }

  private static func isBlank(_ picture: Luminance, maximumSide: Int) -> Bool {
    let cells = Cells(of: picture, maximumSide: maximumSide)
    // Images of one or two rows or columns are too small to judge.
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

/// An image averaged over a grid of cells.
private struct Cells {
  /// The side length of a cell, in pixels.
  let size: Int
  let width: Int
  let height: Int
  let means: [Double]

  init(of picture: Luminance, maximumSide: Int) {
    size = (max(picture.width, picture.height) + maximumSide - 1) / maximumSide
    // Partial cells at the edge would be noisier than the others, so they are left out.
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

  /// The means minus the quadratic surface that fits most of them.
  var withoutLight: [Double] {
    var weights = [Double](repeating: 1, count: means.count)
    var rest = means
    // Iteratively reweighted least squares: cells far from the surface (ink) get less weight.
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

  /// The weighted least-squares surface; `nil` if the cells do not determine it.
  private func fit(_ weights: [Double]) -> [Double]? {
    let count = 6
    // Gaussian elimination of the normal equations.
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
