import Datasets
import Tensors
import Testing

@Suite("Invalid arguments of datasets")
struct InvalidArgumentTests {
  func error<Result>(_ body: () throws -> Result) -> String? {
    #expect(throws: DatasetError.self) { _ = try body() }?.description
  }

  @Test("Each stops the program with argument, rule, value and line", arguments: Mistake.allCases)
  func refused(mistake: Mistake) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [name = mistake.rawValue as String] in Mistake(rawValue: name)?.make() }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains(mistake.message))
    #expect(text.contains("DatasetsTests/InvalidArgumentTests.swift"))
  }

  /// Calls with invalid arguments.
  enum Mistake: String, CaseIterable {
    case shuffle, batch, take, skip, `repeat`, overflow, prefetch, pairs, scalars

    func make() {
      let data = examples(10)
      switch self {
      case .shuffle: _ = data.shuffle(bufferSize: 0)
      case .batch: _ = data.batch(-3)
      case .take: _ = data.take(-1)
      case .skip: _ = data.skip(-1)
      case .repeat: _ = data.repeat(-1)
      case .overflow: _ = data.repeat(.max)
      case .prefetch: _ = data.prefetch(-1)
      case .pairs: _ = Dataset(images: Tensor(zeros: [3, 2]), labels: Tensor(zeros: [2]))
      case .scalars: _ = Dataset(images: Tensor(1), labels: Tensor(1))
      }
    }

    var message: String {
      switch self {
      case .shuffle: "shuffle: `bufferSize` must be at least 1, but is 0."
      case .batch: "batch: `size` must be at least 1, but is -3."
      case .take: "take: `count` must be at least 0, but is -1."
      case .skip: "skip: `count` must be at least 0, but is -1."
      case .repeat: "repeat: `count` must be at least 0, but is -1."
      case .overflow: "repeat: `count` is \(Int.max), and so many elements cannot be counted."
      case .prefetch: "prefetch: `count` must be at least 0, but is -1."
      case .pairs: "the same first extent, but their shapes are [3, 2] and [2]."
      case .scalars: "the same first extent, but their shapes are [] and []."
      }
    }
  }

  @Test("The largest arguments are accepted")
  func largest() throws {
    let data = examples(3)
    let all = data.shuffle(bufferSize: .max, seed: 1).batch(.max).take(.max).prefetch(.max)
    #expect(labels(all).map { $0.sorted() } == [[0, 1, 2]])
    #expect(data.skip(.max).count == 0)
    #expect(labels(data.repeat().skip(.max - 1).take(0)).isEmpty)
  }

  @Test("A wrong number of pixels is refused")
  func imageSet() {
    #expect(
      error { try ImageSet(pixels: [1, 2, 3], classes: [0], height: 2, width: 2) }
        == "3 pixels are not 1 pictures of 2 by 2")
    #expect(
      error { try ImageSet(pixels: [1, 2, 3, 4], classes: [0, 1], height: 2, width: 2) }
        == "4 pixels are not 2 pictures of 2 by 2")
    #expect(
      error { try ImageSet(pixels: [], classes: [], height: 0, width: 2) }
        == "There are no pictures of 0 by 2 pixels")
    #expect(
      error { try ImageSet(pixels: [], classes: [], height: .max, width: 2) }
        == "There are no pictures of \(Int.max) by 2 pixels")
  }
}
