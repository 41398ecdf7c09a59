import Datasets
import Tensors
import Testing

@Suite("Sets of images")
struct ImageSetTests {
  @Test("A subset has the images and classes at its indexes, and can be split again")
  func subsets() throws {
    let set = try ImageSet(
      pixels: Array(0..<24), classes: [0, 1, 0, 1, 300, 300], height: 2, width: 2)
    let subset = set.subset(at: [5, 0, 3])
    #expect(subset.bytes == [20, 21, 22, 23, 0, 1, 2, 3, 12, 13, 14, 15])
    #expect(subset.classes == [300, 0, 1])
    #expect(subset.images.scalars == subset.bytes?.map { Float($0) / 255 })
    #expect(subset.subset(at: [1]) == set.subset(at: [0]))
    #expect(set.classCounts(count: 301)[300] == 2)
    let (rest, heldOut) = set.split(holdingOut: 3, seed: 1)
    #expect(rest.classes == [0, 1, 300] && heldOut.classes == [0, 1, 300])
    #expect((rest.bytes ?? []).count == 12 && rest.bytes != heldOut.bytes)
    let floats = try ImageSet(floats: [1, 2, 3], classes: [0, 1, 2], height: 1, width: 1)
    #expect(floats.prefix(2).floats == [1, 2] && floats.subset(at: [2]).images.scalar == 3)
  }

  @Test("Images of several channels have that many pixels")
  func channels() throws {
    let set = try ImageSet(
      pixels: Array(1...12), classes: [0, 65535], height: 1, width: 2, channels: 3)
    #expect(set.images.shape == [2, 1, 2, 3] && set.labels.scalars == [0, 65535])
    let error = #expect(throws: DatasetError.self) {
      try ImageSet(floats: [1, 2, 3, 4], classes: [0], height: 1, width: 2, channels: 3)
    }
    #expect(error?.description == "4 pixels are not 1 pictures of 1 by 2 by 3")
    #expect(DataDigest.sha256(ofGrayBytes: [set]) == nil)
  }
}
