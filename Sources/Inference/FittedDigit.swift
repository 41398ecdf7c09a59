import Preconditions

/// A digit in the form of MNIST: fitted in 20 × 20, centred by mass in 28 × 28.
///
/// The algorithm is the reconstruction by Yadav and Bottou, "Cold Case: The Lost MNIST Digits",
/// NeurIPS 2019 (QMNIST, `making_qmnist/xnist.lsh`), which agrees with MNIST within three gray
/// levels. There are two differences: pixels beyond the image's edge are background, and the
/// shorter side is padded by whole cells of the 20 × 20 grid instead of whole pixels. This moves a
/// digit by less than half a cell, and restores enlarged MNIST digits exactly.
struct FittedDigit {
  static let side = 28
  private static let boxSide = 20
  /// The minimum side length that is enlarged to 20, so that a dot stays a dot.
  private static let leastSide = 10

  /// `[28, 28]`, 0 for paper to 255.
  let pixels: [UInt8]
  private(set) var cropBox: Preprocessing.Box
  let scale: Double
  let centreOfMass: Preprocessing.Offset<Double>
  let shift: Preprocessing.Offset<Int>

  /// - Parameters:
  ///   - amounts: The amounts of ink, of shape `[height, width]`; 0 is background.
  ///   - width: The width, in pixels.
  /// - Precondition: The ink is not empty.
  init(_ amounts: [UInt16], width: Int) {
    cropBox = Self.boundingBox(of: amounts, width: width)
    let (crop, boxSide) = (cropBox, Self.boxSide)
    let side = max(crop.width, crop.height, Self.leastSide)
    scale = Double(boxSide) / Double(side)
    func padding(_ length: Int) -> Int {
      (boxSide * (side - length) + side) / (2 * side) * side / boxSide
    }
    let box = AreaAverage.of(
      amounts, width: width, box: crop,
      at: (x: padding(crop.width), y: padding(crop.height)), in: (side, side),
      cells: boxSide, fudge: 0.99)

    // Normalizes the maximum to 255. The factor 0.99 above can push a sum above 1.
    let peak = min(Double(Luminance.full), box.max() ?? 0)
    let bytes = box.map { UInt8(min((255 * $0 / peak + 0.5).rounded(.down), 255)) }

    var mass = 0.0
    var moment = (x: 0.0, y: 0.0)
    for (index, byte) in bytes.enumerated() {
      let value = Double(byte)
      mass += value
      moment.x += value * (Double(index % boxSide) + 0.5)
      moment.y += value * (Double(index / boxSide) + 0.5)
    }
    let centre = Preprocessing.Offset(x: moment.x / mass, y: moment.y / mass)
    // Rounded towards zero, as in MNIST: the centre of mass is then from 14 to 15.
    let shift = Preprocessing.Offset(x: Int(15 - centre.x), y: Int(15 - centre.y))

    var pixels = [UInt8](repeating: 0, count: Self.side * Self.side)
    for (index, byte) in bytes.enumerated() {
      let (row, column) = (index / boxSide + shift.y, index % boxSide + shift.x)
      guard (0..<Self.side).contains(row), (0..<Self.side).contains(column) else { continue }
      pixels[row * Self.side + column] = byte
    }
    self.pixels = pixels
    centreOfMass = centre
    self.shift = shift
  }

  /// Moves the box, for a digit that was cut out of a picture before.
  mutating func moveBox(by distance: (x: Int, y: Int)) {
    cropBox = Preprocessing.Box(
      x: cropBox.x + distance.x, y: cropBox.y + distance.y, width: cropBox.width,
      height: cropBox.height)
  }

  private static func boundingBox(of amounts: [UInt16], width: Int) -> Preprocessing.Box {
    let height = amounts.count / width
    var (left, right) = (width, -1)
    var (top, bottom) = (height, -1)
    let amounts = amounts.span
    for row in 0..<height {
      for column in 0..<width where amounts[row * width + column] > 0 {
        left = min(left, column)
        right = max(right, column)
        top = min(top, row)
        bottom = row
      }
    }
    require(bottom >= 0, "A bounding box needs at least one pixel of ink, but there is none.")
    return Preprocessing.Box(
      x: left, y: top, width: right - left + 1, height: bottom - top + 1)
  }
}
