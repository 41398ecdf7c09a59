import Images
import Inference
import TestSupport
import Testing

/// Each picture has a digit of MNIST, enlarged seven times, so that its 28 × 28 pixels are known.
@Suite("Digits in photographs")
struct PhotographTests {
  /// What is around a digit.
  enum Scene: String, CaseIterable {
    case plain, ruled, squared, framed, shadow, band, vignette, table, neighbour, glare

    /// The gray level at a place of a picture of 320 × 320 pixels, for ink from 0 to 255.
    func level(_ x: Int, _ y: Int, ink: Int) -> Int {
      let (dx, dy) = (Double(x - 160) / 160, Double(y - 160) / 160)
      var paper = 230.0
      var light = 1.0
      switch self {
      case .plain: break
      case .ruled: if (y + x / 40) % 37 < 2 { paper = 120 }
      case .squared: if (y + x / 60) % 31 < 2 || (x - y / 50 + 100) % 31 < 2 { paper = 130 }
      case .framed:
        let side = max(abs(x - 160), abs(y - 160))
        if (135..<139).contains(side) { paper = 20 }
      case .shadow: if x + 2 * y > 430 { light = 0.5 }
      case .band: if (235..<285).contains(x + y / 4) { light = 0.45 }
      case .vignette: light = 1 - 0.35 * (dx * dx + dy * dy)
      case .table: if max(abs(x - 160), abs(y - 160)) > 130 { return 40 }
      case .neighbour: if x > 308, (60..<250).contains(y) { paper = 25 }
      case .glare: paper += 25 - 80 * min((dx - 0.5) * (dx - 0.5) + (dy + 0.5) * (dy + 0.5), 1)
      }
      return Int(light * (paper + (25 - paper) * Double(ink) / 255))
    }
  }

  private func picture(of digit: Int, in scene: Scene) throws -> (Image, pixels: [UInt8]) {
    let original = try Pictures.load("\(digit)")
    let bytes = (0..<784).map { Int(original.samples[4 * $0] / 257) }
    let image = Pictures.gray(320, 320) { x, y in
      let (column, row) = ((x - 62 + 7) / 7 - 1, (y - 62 + 7) / 7 - 1)
      let isInside = (0..<28).contains(column) && (0..<28).contains(row)
      return scene.level(x, y, ink: isInside ? bytes[row * 28 + column] : 0)
    }
    return (image, bytes.map(UInt8.init))
  }

  @Test(
    "Papers, lights and lines are removed",
    arguments: Scene.allCases.filter { ![.plain, .band].contains($0) })
  func scenes(scene: Scene) throws {
    let classifier = try Classifier(loading: "\(packageDirectory)/models/quickstart.h5")
    for digit in 0..<10 {
      let (image, pixels) = try picture(of: digit, in: scene)
      let prediction = try classifier(image, named: "\(digit)")
      // The centre of mass may round to the next pixel.
      let difference =
        Self.shifts.map { row, column in
          Pictures.meanDifference(prediction.pixels, Self.shifted(pixels, row, column))
        }.min() ?? .infinity
      #expect(difference <= 14, "\(scene), \(digit): \(difference)")
      #expect(prediction.label == digit)
      #expect(prediction.preprocessing.inverted && prediction.preprocessing.pieces == 1)
      #expect(prediction.preprocessing.background == .local)
    }
  }

  /// The band is one piece of ink with the digit, and narrower than the window around each pixel.
  @Test("Nine of ten digits are found across which a band of shadow goes")
  func band() throws {
    // It needs a model that knows what is none.
    let classifier = try Classifier(loading: "\(packageDirectory)/models/digits.h5")
    let right = try (0..<10).count { digit in
      let (image, _) = try picture(of: digit, in: .band)
      let prediction = try classifier(image, named: "\(digit)")
      return prediction.label == digit && prediction.preprocessing.background == .local
    }
    #expect(right >= 9)
  }

  @Test("Eight of ten digits are found whose coloured ink is paler than a shadow across it")
  func colouredInk() throws {
    let classifier = try Classifier(loading: "\(packageDirectory)/models/digits.h5")
    let (paper, blue) = ([225.0, 230, 215], [70.0, 120, 225])
    let right = try (0..<10).count { digit in
      let (gray, _) = try picture(of: digit, in: .plain)
      let image = Pictures.rgba(320, 320) { x, y in
        let level = Double(gray.samples[y * 320 + x])
        let light = (235..<285).contains(x + y / 4) ? 0.35 : 1
        return zip(paper, blue).map { paper, ink in
          UInt16(light * (ink + (paper - ink) * (level - 25) / 205))
        } + [255]
      }
      return try classifier(image, named: "\(digit)").label == digit
    }
    #expect(right >= 8)
  }

  private static let shifts = (-1...1).flatMap { row in (-1...1).map { (row, $0) } }

  private static func shifted(_ pixels: [UInt8], _ rows: Int, _ columns: Int) -> [UInt8] {
    (0..<784).map { index in
      let (row, column) = (index / 28 - rows, index % 28 - columns)
      return (0..<28).contains(row) && (0..<28).contains(column) ? pixels[row * 28 + column] : 0
    }
  }

  @Test("Two digits are two pieces, and one in two parts is one")
  func pieces() throws {
    let two = Pictures.gray(120, 80) { x, y in
      Pictures.isSeven(x - 15, y - 15) || Pictures.isSeven(x - 70, y - 14) ? 20 : 230
    }
    #expect(try DigitPreprocessor(mode: .mnist)(two).preprocessing.pieces == 2)
    let parts = Pictures.gray(80, 80) { x, y in
      Pictures.isSeven(x - 25, y - 15) && y != 23 && y != 24 ? 20 : 230
    }
    #expect(try DigitPreprocessor(mode: .mnist)(parts).preprocessing.pieces == 1)
  }

  @Test("The segments of a display are one digit")
  func segments() throws {
    // The six segments of a 0, with gaps between them.
    let boxes = [
      (24, 20, 32, 6), (24, 94, 32, 6), (18, 28, 6, 28), (56, 28, 6, 28), (18, 64, 6, 28),
      (56, 64, 6, 28),
    ]
    let display = Pictures.gray(80, 120) { x, y in
      boxes.contains { ($0.0..<$0.0 + $0.2).contains(x) && ($0.1..<$0.1 + $0.3).contains(y) }
        ? 20 : 200
    }
    #expect(try DigitPreprocessor(mode: .mnist)(display).preprocessing.pieces == 1)
  }

  @Test("A picture of MNIST with specks is answered")
  func specks() throws {
    var right = 0
    let classifier = try Classifier(loading: "\(packageDirectory)/models/quickstart.h5")
    for digit in 0..<10 {
      let original = try Pictures.load("\(digit)")
      let image = Pictures.gray(28, 28) { x, y in
        (5 * x + 7 * y) % 31 == 0 ? 255 : Int(original.samples[4 * (y * 28 + x)] / 257)
      }
      let prediction = try classifier(image, named: "\(digit)")
      #expect(prediction.rejection == nil, "\(digit)")
      right += prediction.label == digit ? 1 : 0
    }
    #expect(right >= 9)
  }
}
