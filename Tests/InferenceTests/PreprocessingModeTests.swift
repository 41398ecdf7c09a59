import Inference
import Images
import Testing

@Suite("Preprocessing modes")
struct PreprocessingModeTests {
  @Test("Auto keeps an MNIST digit unchanged", arguments: Pictures.ofMNIST)
  func autoKeepsMNIST(name: String) throws {
    let picture = try Pictures.load(name)
    let result = try DigitPreprocessor()(picture)
    #expect(result.pixels == (0..<784).map { UInt8(picture.samples[4 * $0] / 257) })
    #expect(result.preprocessing.mode == .none)
    #expect(result.preprocessing.inversionReason == .asIs)
    #expect(!result.preprocessing.inverted)
    #expect(result.preprocessing.cropBox == nil)
  }

  @Test("Auto preprocesses all other images as MNIST was", arguments: Pictures.drawn)
  func autoAppliesTheRule(name: String) throws {
    let picture = try Pictures.load(name)
    #expect(try DigitPreprocessor()(picture) == DigitPreprocessor(mode: .mnist)(picture))
  }

  /// An MNIST digit, altered pixel by pixel.
  static func altered(_ change: (Int, Int, [Int]) -> Int) throws -> Image {
    let picture = try Pictures.load("7")
    let bytes = (0..<784).map { Int(picture.samples[4 * $0] / 257) }
    return Pictures.gray(28, 28) { change($0, $1, bytes) }
  }

  @Test("Auto preprocesses a 28 x 28 image that does not look like MNIST")
  func autoSeesOtherSmallPictures() throws {
    let inverted = try Self.altered { x, y, bytes in 255 - bytes[y * 28 + x] }
    let shifted = try Self.altered { x, y, bytes in x < 2 ? 0 : bytes[y * 28 + x - 2] }
    let faint = try Self.altered { x, y, bytes in bytes[y * 28 + x] / 2 }
    for picture in [inverted, shifted, faint] {
      #expect(try DigitPreprocessor()(picture).preprocessing.mode == .mnist)
    }
    let red = try Pictures.load("7").samples.enumerated().map {
      $0.offset % 4 == 1 ? 0 : $0.element
    }
    let colored = Image(width: 28, height: 28, format: .rgba16, samples: red)
    #expect(try DigitPreprocessor()(colored).preprocessing.mode == .mnist)
  }

  @Test("None keeps 28 x 28 pixels unchanged, or inverts them if requested")
  func noneTakesPixels() throws {
    let picture = Pictures.gray(28, 28) { x, y in x * 9 % 256 ^ y }
    let pixels = picture.samples.map { UInt8($0) }
    #expect(try DigitPreprocessor(mode: .none)(picture).pixels == pixels)
    let inverted = try DigitPreprocessor(mode: .none, inversion: .yes)(picture)
    #expect(inverted.pixels == pixels.map { 255 - $0 })
    #expect(inverted.preprocessing.inverted)
  }

  @Test("None rejects other sizes", arguments: [(27, 28), (28, 29), (280, 280)])
  func noneRefusesSizes(width: Int, height: Int) {
    let error = #expect(throws: PreprocessingError.self) {
      try DigitPreprocessor(mode: .none)(Pictures.gray(width, height) { x, _ in x % 256 })
    }
    #expect(
      error == .wrongSize(width: width, height: height, wantedWidth: 28, wantedHeight: 28))
    #expect(
      error?.description
        == "without preprocessing, the image must have 28 x 28 pixels, "
        + "but it has \(width) x \(height)")
  }

  @Test(
    "Resize averages the whole image like an independent implementation",
    arguments: Pictures.ofMNIST + Pictures.drawn + Pictures.made)
  func resizeAgreesWithNumPy(name: String) throws {
    let result = try DigitPreprocessor(mode: .resize)(Pictures.load(name))
    #expect(result.preprocessing.mode == .resize)
    #expect(
      try Pictures.largestDifference(result.pixels, Pictures.expected(name + ".resize")) <= 1)
  }

  @Test("A blank image is an error in every mode", arguments: [0, 255, 119])
  func refusesBlank(level: Int) {
    for mode in PreprocessingMode.allCases {
      for inversion in InversionMode.allCases {
        #expect(throws: PreprocessingError.blank) {
          try DigitPreprocessor(mode: mode, inversion: inversion)(
            Pictures.gray(28, 28) { _, _ in level })
        }
      }
    }
    #expect(
      PreprocessingError.blank.description
        == "the image is blank: nothing differs from the background")
  }

  @Test("A transparent image and a single pixel are blank")
  func refusesNothing() {
    #expect(throws: PreprocessingError.blank) {
      try DigitPreprocessor()(Pictures.rgba(40, 40) { x, y in [UInt16(x), UInt16(y), 0, 0] })
    }
    #expect(throws: PreprocessingError.blank) {
      try DigitPreprocessor()(Pictures.gray(1, 1) { _, _ in 7 })
    }
  }

  @Test("Faint noise of three gray levels is blank")
  func refusesFaintNoise() {
    #expect(throws: PreprocessingError.blank) {
      try DigitPreprocessor()(Pictures.gray(50, 50) { x, y in 250 + (x * 7 + y * 13) % 4 })
    }
  }

  @Test("Specks without a stroke are blank")
  func refusesSpecks() {
    #expect(throws: PreprocessingError.blank) {
      try DigitPreprocessor()(Pictures.gray(60, 60) { x, y in x % 4 == 1 && y % 4 == 1 ? 0 : 255 })
    }
  }

  @Test("Images of any shape give a result or an error")
  func survivesExtremeShapes() throws {
    for (width, height) in [(1, 2), (2, 1), (1, 4096), (4096, 1), (2, 2), (3, 4096), (51, 1)] {
      for mode in [PreprocessingMode.auto, .mnist, .resize] {
        let picture = Pictures.gray(width, height) { x, y in (x + y) % 5 == 1 ? 255 : 0 }
        let result = try? DigitPreprocessor(mode: mode)(picture)
        #expect(result == nil || result?.pixels.contains { $0 > 0 } == true)
      }
    }
  }

  @Test("Finds a line one pixel wide across 4096 pixels")
  func seesLongLines() throws {
    let picture = Pictures.gray(4096, 9) { x, y in y == 4 && x > 50 && x < 4000 ? 0 : 255 }
    let result = try DigitPreprocessor()(picture)
    #expect(result.pixels.filter { $0 == 255 }.count >= 18)
    #expect(
      result.preprocessing.cropBox == Preprocessing.Box(x: 51, y: 4, width: 3949, height: 1))
  }
}
