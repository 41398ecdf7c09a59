import Datasets
import Sandbox

extension FuzzTarget {
  /// Arrays of bytes as those of MNIST, plain or compressed with gzip.
  static let idx = FuzzTarget("idx") { input in
    let file = MemoryFile(input)
    let whole = try? IDXFile(path: file.path, reader: .unconfined)
    guard let stream = try? IDXStream(path: file.path, reader: .unconfined) else { return }
    var bytes: [UInt8] = []
    var count = 0
    do throws(DatasetError) {
      while let element = try stream.next() {
        bytes += element
        count += 1
        // Elements of no bytes take no room in a file.
        guard count <= 256 else { return }
      }
    } catch {
      expect(whole == nil, "a part is damaged, but not the whole")
      return
    }
    if let whole { expect(whole.bytes == bytes, "the parts are not the whole") }
  }
}
