import Inference
import Images
import Testing

@Suite("Preprocessing as MNIST was")
struct RuleOfMNISTTests {
  static let rule = DigitPreprocessor(mode: .mnist)

  @Test(
    "Every image gives the same result as an independent implementation",
    arguments: Pictures.ofMNIST + Pictures.drawn + Pictures.made)
  func agreesWithNumPy(name: String) throws {
    let result = try Self.rule(Pictures.load(name))
    let expected = try Pictures.expected(name + ".28x28")
    guard !["noisy", "drawn-9-half-transparent-paper"].contains(name) else {
      // Their paper is found around each pixel, and not from the border as in the other
      // implementation.
      #expect(result.preprocessing.background == .local)
      #expect(Pictures.meanDifference(result.pixels, expected) <= 10)
      return
    }
    // One gray level of tolerance, because the sums are added in another order.
    #expect(Pictures.largestDifference(result.pixels, expected) <= 1)
  }

  @Test(
    "Restores an MNIST digit that was enlarged 7 times, inverted and shifted", arguments: 0..<10)
  func undoesEnlargement(digit: Int) throws {
    let original = try Pictures.load("\(digit)")
    let bytes = (0..<784).map { Int(original.samples[4 * $0] / 257) }
    let enlarged = Pictures.gray(280 + 13 * digit, 320 - 11 * digit) { x, y in
      let (column, row) = ((x - 5 * digit + 9) / 7, (y - 8) / 7)
      guard x >= 5 * digit - 9, y >= 8, column < 28, row < 28 else { return 255 }
      return 255 - bytes[row * 28 + column]
    }
    let result = try Self.rule(enlarged)
    #expect(Pictures.largestDifference(result.pixels, bytes.map(UInt8.init)) <= 3)
  }

  @Test("The result does not depend on the position of the digit")
  func isInvariantToShifts() throws {
    let reference = try Self.rule(
      Pictures.gray(60, 80) { Pictures.isSeven($0 - 15, $1 - 15) ? 20 : 240 })
    for (left, top, width, height) in [(0, 0, 101, 90), (200, 31, 260, 100), (3, 300, 64, 390)] {
      let result = try Self.rule(
        Pictures.gray(width, height) { Pictures.isSeven($0 - left, $1 - top) ? 20 : 240 })
      #expect(result.pixels == reference.pixels)
      #expect(
        result.preprocessing.cropBox
          == Preprocessing.Box(x: left, y: top, width: 30, height: 50))
    }
  }

  @Test("Light on dark gives the same result as dark on light, and is recorded")
  func isInvariantToInversion() throws {
    let dark = try Self.rule(Pictures.gray(60, 80) { Pictures.isSeven($0 - 9, $1 - 9) ? 20 : 240 })
    let light = try Self.rule(Pictures.gray(60, 80) { Pictures.isSeven($0 - 9, $1 - 9) ? 235 : 15 })
    #expect(dark.pixels == light.pixels)
    #expect(dark.preprocessing.inverted)
    #expect(dark.preprocessing.inversionReason == .inkIsDarker)
    #expect(!light.preprocessing.inverted)
    #expect(light.preprocessing.inversionReason == .inkIsLighter)
  }

  @Test("Dark gray background is background under darker ink")
  func judgesByContrast() throws {
    let result = try Self.rule(
      Pictures.gray(60, 80) { Pictures.isSeven($0 - 9, $1 - 9) ? 5 : 100 })
    #expect(result.preprocessing.inverted)
  }

  @Test("A requested inversion overrides the automatic one")
  func obeysInversion() throws {
    let picture = Pictures.gray(60, 80) { x, y in
      Pictures.isSeven(x - 9, y - 9)
        ? 20 : (50..<55).contains(x) && (60..<70).contains(y) ? 255 : 200
    }
    let result = try DigitPreprocessor(mode: .mnist, inversion: .no)(picture)
    #expect(result.preprocessing.cropBox == Preprocessing.Box(x: 50, y: 60, width: 5, height: 10))
    #expect(result.preprocessing.inversionReason == .requested)
    let inverted = try DigitPreprocessor(mode: .mnist, inversion: .yes)(picture)
    #expect(inverted.preprocessing.cropBox == Preprocessing.Box(x: 9, y: 9, width: 30, height: 50))
  }

  @Test("Records every decision")
  func recordsDecisions() throws {
    let result = try Self.rule(
      Pictures.gray(100, 90) { Pictures.isSeven($0 - 40, $1 - 20) ? 51 : 204 })
    let record = result.preprocessing
    #expect(record.mode == .mnist)
    #expect(record.sourceWidth == 100 && record.sourceHeight == 90)
    #expect(record.paperLevel == 0.8)
    #expect(record.contrast == 0.6)
    // The lowest of 255 thresholds: with only two gray levels, all of them separate equally well.
    #expect(record.inkThreshold == Double(153 * 257 / 255) / 65535)
    #expect(record.scale == 0.4)
    let shift = try #require(record.shift)
    let centre = try #require(record.centreOfMass)
    #expect((14..<15.0001).contains(centre.x + Double(shift.x)))
    #expect((14..<15.0001).contains(centre.y + Double(shift.y)))
    // The recorded centre is that of the result.
    let mass = result.pixels.reduce(0) { $0 + Int($1) }
    let moment = result.pixels.enumerated().reduce(0.0) {
      $0 + (Double($1.offset % 28) + 0.5) * Double($1.element)
    }
    #expect(abs(moment / Double(mass) - centre.x - Double(shift.x)) < 1e-9)
  }

  @Test("Noise and a speck do not enlarge the crop")
  func dropsNoise() throws {
    let picture = try Pictures.load("drawn-7-uneven-light")
    let box = try #require(Self.rule(picture).preprocessing.cropBox)
    // The digit was drawn in (60, 90, 170, 220) with a brush of 17; the speck is at (260, 350).
    #expect((50...80).contains(box.x) && (80...105).contains(box.y))
    #expect(box.x + box.width < 245 && box.y + box.height < 330)
  }

  @Test(
    "Transparent pixels are composed on a background that contrasts with the ink",
    arguments: [0, 255, 40, 220])
  func composesAlpha(level: Int) throws {
    let reference = try Self.rule(
      Pictures.gray(60, 80) { Pictures.isSeven($0 - 9, $1 - 9) ? 0 : 255 })
    let shade = UInt16(level)
    let picture = Pictures.rgba(60, 80) { x, y in
      [shade, shade, shade, Pictures.isSeven(x - 9, y - 9) ? 255 : 0]
    }
    let result = try Self.rule(picture)
    #expect(Pictures.largestDifference(result.pixels, reference.pixels) <= 1)
    #expect(result.preprocessing.inverted == (level < 128))
  }

  @Test("The colour of fully transparent pixels does not matter")
  func ignoresHiddenColor() throws {
    let picture = Pictures.rgba(60, 80) { x, y in
      Pictures.isSeven(x - 9, y - 9)
        ? [10, 10, 10, 255] : [UInt16(x * 4), UInt16(y * 3), 255, 0]
    }
    #expect(
      try Self.rule(picture).preprocessing.cropBox
        == Preprocessing.Box(x: 9, y: 9, width: 30, height: 50))
  }

  @Test("Colours are weighed as eyes do: green is lighter than blue")
  func weighsColors() throws {
    let picture = Pictures.rgba(60, 80) { x, y in
      Pictures.isSeven(x - 9, y - 9) ? [0, 0, 255, 255] : [0, 255, 0, 255]
    }
    let record = try Self.rule(picture).preprocessing
    #expect(record.inverted)
    #expect(abs(try #require(record.paperLevel) - 0.587) < 1e-4)
    #expect(abs(try #require(record.contrast) - (0.587 - 0.114)) < 1e-4)
  }

  @Test("All formats of the same picture give the same result", arguments: Image.Format.allCases)
  func acceptsEveryFormat(format: Image.Format) throws {
    let gray = Pictures.gray(60, 80) { Pictures.isSeven($0 - 9, $1 - 9) ? 20 : 240 }
    let unit = format == .rgba16 ? UInt16(257) : 1
    let picture = Image(
      width: 60, height: 80, format: format,
      samples: gray.samples.flatMap { level in
        [level * unit, level * unit, level * unit, 255 * unit].prefix(
          format.channels == 1 ? 1 : format.channels)
      })
    #expect(try Self.rule(picture) == Self.rule(gray))
  }
}
