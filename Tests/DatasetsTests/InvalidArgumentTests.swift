import Datasets
import Tensors
import Testing

@Suite("Operations that do not exist")
struct InvalidArgumentTests {
  func error<Result>(_ body: () throws -> Result) -> String? {
    #expect(throws: DatasetError.self) { _ = try body() }?.description
  }

  @Test("Each is refused with a sentence")
  func refused() throws {
    let data = try examples(10)
    #expect(
      error { try data.shuffle(bufferSize: 0) } == "Cannot shuffle with a buffer of 0 elements")
    #expect(error { try data.batch(0) } == "Cannot make batches of 0 elements")
    #expect(error { try data.batch(-3) } == "Cannot make batches of -3 elements")
    #expect(error { try data.take(-1) } == "Cannot take -1 elements")
    #expect(error { try data.skip(-1) } == "Cannot skip -1 elements")
    #expect(error { try data.repeat(-1) } == "Cannot repeat -1 times")
    #expect(error { try data.prefetch(-1) } == "Cannot prefetch -1 elements")
    #expect(
      error { try data.repeat(.max) }
        == "Cannot repeat \(Int.max) times: so many elements cannot be counted")
    #expect(
      error { try Dataset(images: Tensor(zeros: [3, 2]), labels: Tensor(zeros: [2])) }
        == "Images of shape [3, 2] and labels of shape [2] are not pairs")
    #expect(
      error { try Dataset(images: Tensor(1), labels: Tensor(1)) }
        == "Images of shape [] and labels of shape [] are not pairs")
  }

  @Test("The largest arguments are possible")
  func largest() throws {
    let data = try examples(3)
    let all = try data.shuffle(bufferSize: .max, seed: 1).batch(.max).take(.max).prefetch(.max)
    #expect(labels(all).map { $0.sorted() } == [[0, 1, 2]])
    #expect(try data.skip(.max).count == 0)
    #expect(try labels(data.repeat().skip(.max - 1).take(0)).isEmpty)
  }

  @Test("Pixels that are not so many pictures are refused")
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
