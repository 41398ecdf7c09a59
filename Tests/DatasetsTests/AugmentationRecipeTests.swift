import Datasets
import Foundation  // JSONDecoder
import Tensors
import TestSupport
import Testing

@Suite("Augmentation recipes")
struct AugmentationRecipeTests {
  @Test(
    "A recipe is read, and written the same way",
    arguments: [
      ("none", AugmentationRecipe.none, "none"),
      ("flip", AugmentationRecipe(flip: true), "flip"),
      (
        "shift=2,rotate=10,zoom=0.1,shear=5,flip,elastic,erase",
        AugmentationRecipe(
          shift: 2, rotate: 10, zoom: 0.1, shear: 5, flip: true, elastic: .init(), erase: 0.5),
        "shift=2,rotate=10,zoom=0.1,shear=5,flip,elastic,erase"
      ),
      (
        "erase=0.25,elastic=8.5:1.5,shift=3.0",
        AugmentationRecipe(shift: 3, elastic: .init(alpha: 8.5, sigma: 1.5), erase: 0.25),
        "shift=3,elastic=8.5:1.5,erase=0.25"
      ),
      ("elastic=34:4,erase=0.5", AugmentationRecipe(elastic: .init(), erase: 0.5), "elastic,erase"),
      ("shift=0,rotate=0,zoom=0.0,erase=0", .none, "none"),
      ("zoom=1e-7", AugmentationRecipe(zoom: 1e-7), "zoom=1e-07"),
      (
        "rotate=180,shear=60,zoom=0.9", .init(rotate: 180, zoom: 0.9, shear: 60),
        "rotate=180,zoom=0.9,shear=60"
      ),
      (
        "noise=0.1,contrast=1,blur=0.5,coarse=2.5,cut=0.2,lines=0.5,thickness=1,erase,flip",
        .init(
          flip: true, thickness: 1, lines: 0.5, cut: 0.2, coarse: 2.5, blur: 0.5, contrast: 1,
          noise: 0.1, erase: 0.5),
        "flip,thickness=1,lines,cut=0.2,coarse=2.5,blur=0.5,contrast=1,noise=0.1,erase"
      ),
      ("cut,lines=1", .init(lines: 1, cut: 0.5), "lines=1,cut"),
      ("thickness=0,lines=0,cut=0,coarse=1,blur=0,contrast=0,noise=0", .none, "none"),
    ])
  func text(text: String, recipe: AugmentationRecipe, written: String) throws {
    #expect(try AugmentationRecipe(parsing: text) == recipe)
    #expect(recipe.description == written)
    #expect(try AugmentationRecipe(parsing: written) == recipe)
  }

  @Test(
    "A wrong text is refused with the wrong part",
    arguments: [
      ("", .emptyPart), ("flip,", .emptyPart), (",", .emptyPart), ("flip,,erase", .emptyPart),
      ("flop", .unknownOperation("flop")), ("Flip", .unknownOperation("Flip")),
      (" flip", .unknownOperation(" flip")), ("=2", .unknownOperation("")),
      ("none,flip", .unknownOperation("none")), ("flip,flip", .repeatedOperation("flip")),
      ("erase,erase=0.1", .repeatedOperation("erase")),
      ("shift", .missingValue(operation: "shift")),
      ("zoom", .missingValue(operation: "zoom")),
      ("coarse", .missingValue(operation: "coarse")),
      ("noise", .missingValue(operation: "noise")),
      ("flip=1", .unexpectedValue(operation: "flip", value: "1")),
      ("flip=", .unexpectedValue(operation: "flip", value: "")),
    ] as [(String, AugmentationError)])
  func errors(text: String, error: AugmentationError) {
    #expect(throws: error) { try AugmentationRecipe(parsing: text) }
  }

  @Test(
    "A value that is not valid is refused with what is",
    arguments: [
      "shift=", "shift=1.5", "shift=-1", "shift=+1", "shift=1025", "shift=0x2", "shift=2=3",
      "shift=99999999999999999999", "rotate=181", "rotate=nan", "rotate=inf", "rotate=1e999",
      "rotate=10°", "zoom=0.95", "zoom=.1", "zoom=1e", "shear=60.1", "erase=1.01", "erase=-0",
      "elastic=34", "elastic=34:0.4", "elastic=34:65", "elastic=10001:4", "elastic=34:4:1",
      "elastic=:", "elastic=", "thickness=8.1", "thickness=-1", "lines=1.1", "cut=2", "coarse=0.9",
      "coarse=17", "coarse=inf", "blur=16.1", "blur=nan", "contrast=1.01", "noise=1.1", "noise=",
    ])
  func values(text: String) throws {
    let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let error = #expect(throws: AugmentationError.self) {
      try AugmentationRecipe(parsing: "flip,\(text)")
    }
    guard case .invalidValue(let operation, let value, let expected) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(operation == sides[0] && value == sides[1] && expected.contains(" from "))
  }

  @Test("Errors are sentences")
  func sentences() {
    func sentence(_ text: String) -> String {
      do throws(AugmentationError) {
        return try AugmentationRecipe(parsing: text).description
      } catch {
        return error.description
      }
    }
    #expect(
      sentence("turn=3")
        == "'turn' is not an augmentation; these are: shift, rotate, zoom, shear, flip, elastic, "
        + "thickness, lines, cut, coarse, blur, contrast, noise, erase, or none")
    #expect(
      sentence("shift=1.5")
        == "The value '1.5' of the augmentation 'shift' is not a whole number of pixels from 0 to "
        + "1024")
    #expect(
      sentence("rotate") == "The augmentation 'rotate' needs a value, as in 'rotate=2'")
  }

  private struct Golden: Decodable {
    struct Case: Decodable {
      let y: [Float]
      let seed: UInt64
      let recipe: String
      let channels, epoch, index: Int
    }
    let cases: [Case]
    let images: [String: [Float]]
    let height, width: Int
  }

  @Test("Images are those of an independent implementation")
  func golden() throws {
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: URL(filePath: fixture("augmentation.json"))))
    #expect(golden.cases.count == 60)
    for entry in golden.cases {
      let image = Tensor(
        try #require(golden.images["\(entry.channels)"]),
        shape: [1, golden.height, golden.width, entry.channels])
      let recipe = try AugmentationRecipe(parsing: entry.recipe)
      let y = recipe.augmented(image, indexes: [entry.index], epoch: entry.epoch, seed: entry.seed)
      let difference = zip(y.scalars, entry.y).map { abs($0 - $1) }.max() ?? 1
      #expect(difference < 2e-5, "\(entry.recipe), \(entry.channels) channels: \(difference)")
    }
  }

  static let everything = AugmentationRecipe(
    shift: 2, rotate: 20, zoom: 0.2, shear: 10, flip: true, elastic: .init(alpha: 20, sigma: 2),
    thickness: 1.5, lines: 0.5, cut: 0.5, coarse: 3, blur: 1, contrast: 0.5, noise: 0.2, erase: 0.5)

  /// Random images of 7 × 6 pixels.
  static func images(_ count: Int, channels: Int = 1) -> Tensor {
    var stream = RandomStream(seed: 3, stream: 3)
    return Tensor(
      stream.uniform(in: 0..<1, count: count * 42 * channels), shape: [count, 7, 6, channels])
  }

  @Test("Shifts move whole pixels by every distance, and fill with the mean of the border")
  func shifts() {
    let count = 500
    var image = [Float](repeating: 0.25, count: 49)
    for row in 2..<5 { for column in 2..<5 { image[row * 7 + column] = 1 } }
    let x = Tensor((0..<count).flatMap { _ in image }, shape: [count, 7, 7, 1])
    let y = AugmentationRecipe(shift: 2).augmented(
      x, indexes: Array(0..<count), epoch: 0, seed: 1)
    var places: [Int: Int] = [:]
    for index in 0..<count {
      let pixels = y.scalars[index * 49..<(index + 1) * 49]
      #expect(pixels.allSatisfy { $0 == 0.25 || $0 == 1 } && pixels.count { $0 == 1 } == 9)
      places[(pixels.firstIndex(of: 1) ?? 0) - index * 49, default: 0] += 1
    }
    #expect(places.count == 25)
    #expect(places.values.allSatisfy { (4...45).contains($0) }, "\(places)")
  }

  @Test("Half of the images are flipped, exactly")
  func flips() {
    let x = Self.images(400)
    let y = AugmentationRecipe(flip: true).augmented(
      x, indexes: Array(0..<400), epoch: 2, seed: 9)
    var flipped = 0
    for image in 0..<400 {
      let (old, new) = (
        x.scalars[image * 42..<image * 42 + 42], y.scalars[image * 42..<image * 42 + 42]
      )
      guard old != new else { continue }
      flipped += 1
      let mirrored = (0..<42).map { old[image * 42 + $0 / 6 * 6 + 5 - $0 % 6] }
      #expect(mirrored == Array(new))
    }
    #expect((160...240).contains(flipped))
  }

  @Test("Images depend on seed, epoch and index alone")
  func determinism() {
    let x = Self.images(20, channels: 3)
    let indexes = (0..<20).map { $0 * 7 }
    let y = Self.everything.augmented(x, indexes: indexes, epoch: 3, seed: 4)
    let parts = x.scalars.count / 20
    for place in [0, 7, 19] {
      let image = Tensor(
        Array(x.scalars[place * parts..<(place + 1) * parts]), shape: [1, 7, 6, 3])
      let alone = Self.everything.augmented(image, indexes: [place * 7], epoch: 3, seed: 4)
      #expect(alone.scalars == Array(y.scalars[place * parts..<(place + 1) * parts]))
    }
    for (epoch, seed) in [(2, 4), (3, 5)] as [(Int, UInt64)] {
      let other = Self.everything.augmented(x, indexes: indexes, epoch: epoch, seed: seed)
      let same = (0..<20).count {
        other.scalars[$0 * parts..<($0 + 1) * parts] == y.scalars[$0 * parts..<($0 + 1) * parts]
      }
      #expect(same == 0)
    }
  }

  @Test("Adding an operation does not change the numbers of the others")
  func independence() {
    let x = Self.images(30)
    func shifted(_ recipe: AugmentationRecipe) -> [Float] {
      recipe.augmented(x, indexes: Array(0..<30), epoch: 0, seed: 4).scalars
    }
    let plain = shifted(AugmentationRecipe(shift: 2))
    let erased = shifted(AugmentationRecipe(shift: 2, erase: 0.5))
    let differ = (0..<30).count { plain[$0 * 42..<$0 * 42 + 42] != erased[$0 * 42..<$0 * 42 + 42] }
    #expect((8...22).contains(differ))
    #expect(shifted(AugmentationRecipe(shift: 2, elastic: .init(alpha: 0))) == plain)
    // Where nothing is cut, the shift is the same.
    let cut = shifted(AugmentationRecipe(shift: 2, cut: 0.5))
    let same = (0..<30).count { plain[$0 * 42..<$0 * 42 + 42] == cut[$0 * 42..<$0 * 42 + 42] }
    #expect((8...29).contains(same))
  }

  @Test("Values stay between those of the image, and an image of one value stays as it is")
  func range() {
    let recipe = AugmentationRecipe(
      shift: 2, rotate: 180, zoom: 0.9, shear: 60, flip: true, elastic: .init(alpha: 500, sigma: 2))
    let y = recipe.augmented(Self.images(50), indexes: Array(0..<50), epoch: 0, seed: 1)
    #expect(y.scalars.allSatisfy { $0 >= 0 && $0 < 1.000_001 })
    for value in [0, 0.3, 1] as [Float] {
      let x = Tensor(repeating: value, shape: [20, 5, 4, 2])
      let y = recipe.augmented(x, indexes: Array(0..<20), epoch: 0, seed: 1)
      #expect(y.scalars.allSatisfy { abs($0 - value) < 1e-6 })
    }
    let erased = AugmentationRecipe(erase: 1).augmented(
      Tensor(repeating: -1, shape: [50, 10, 10, 2]), indexes: Array(0..<50), epoch: 0, seed: 1)
    for image in 0..<50 {
      let count = erased.scalars[image * 200..<(image + 1) * 200].count { $0 >= 0 && $0 < 1 }
      #expect((2...80).contains(count), "\(count)")
    }
  }

  @Test("Degraded images stay in 0...1, and only noise changes paper without rules")
  func degradation() {
    let recipe = AugmentationRecipe(
      thickness: 2, lines: 1, cut: 0.5, coarse: 4, blur: 2, contrast: 1, noise: 0.5)
    let y = recipe.augmented(Self.images(200), indexes: Array(0..<200), epoch: 0, seed: 1)
    #expect(y.scalars.allSatisfy { (0...1).contains($0) })
    let still = AugmentationRecipe(thickness: 3, cut: 1, coarse: 16, blur: 16, contrast: 1)
    for value in [0, 0.3, 1] as [Float] {
      let x = Tensor(repeating: value, shape: [20, 5, 4, 2])
      let y = still.augmented(x, indexes: Array(0..<20), epoch: 0, seed: 1)
      #expect(y.scalars.allSatisfy { abs($0 - value) < 1e-6 })
    }
  }

  @Test("Noise has its mean and deviation")
  func noise() {
    let x = Tensor(repeating: 0.5, shape: [400, 28, 28, 1])
    let y = AugmentationRecipe(noise: 0.1).augmented(
      x, indexes: Array(0..<400), epoch: 0, seed: 5)
    let differences = y.scalars.map { Double($0) - 0.5 }
    let mean = differences.reduce(0, +) / Double(differences.count)
    // The deviation is uniform in 0..<0.1: the mean of its square is 0.01 / 3.
    let variance = differences.map { $0 * $0 }.reduce(0, +) / Double(differences.count)
    #expect(abs(mean) < 0.0005)
    #expect(abs(variance - 0.01 / 3) < 0.0005)
  }

  @Test("Rules are dark on light paper, and bright on dark paper")
  func rules() {
    for value in [0, 0.25, 0.75, 1] as [Float] {
      let x = Tensor(repeating: value, shape: [50, 12, 12, 1])
      let y = AugmentationRecipe(lines: 1).augmented(
        x, indexes: Array(0..<50), epoch: 0, seed: 1)
      #expect(y.scalars.allSatisfy { value < 0.5 ? (value...1 ~= $0) : (0...value ~= $0) })
      #expect(y.scalars.contains { $0 != value })
    }
  }

  @Test("Images of strange sizes and values do no harm")
  func strange() {
    for shape in [[1, 1, 1, 1], [2, 1, 9, 1], [2, 9, 1, 3], [1, 2, 2, 5], [0, 4, 4, 1]] as [Shape] {
      let x = Tensor(repeating: 0.5, shape: shape)
      let y = Self.everything.augmented(
        x, indexes: Array(0..<shape[0]), epoch: .max, seed: .max)
      #expect(y.shape == shape && y.scalars.allSatisfy { (0...1).contains($0) })
    }
    let x = Tensor([.nan, .infinity, -.infinity, 1, 2, 3], shape: [1, 2, 3, 1])
    let y = Self.everything.augmented(x, indexes: [.max], epoch: 0, seed: 0)
    #expect(y.shape == x.shape)
    #expect(
      AugmentationRecipe.none.augmented(x, indexes: [0], epoch: 0, seed: 0).isIdentical(to: x))
  }
}

extension Tensor {
  fileprivate func isIdentical(to other: Tensor) -> Bool {
    shape == other.shape
      && zip(scalars, other.scalars).allSatisfy { $0.bitPattern == $1.bitPattern }
  }
}
