import Deflate
import Testing

@Suite("Decompressing step by step")
struct InflaterTests {
  @Test("Input in pieces is decompressed into pieces", arguments: [1, 7, 1000])
  func pieces(size: Int) throws {
    let bytes = (0..<3000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 3) }
    let packed = compress(bytes, windowBits: 31)
    var inflater = try Inflater(.gzip)
    var result: [UInt8] = []
    var output = [UInt8](repeating: 0, count: size)
    for start in stride(from: 0, to: packed.count, by: size) {
      let part = Array(packed[start..<min(start + size, packed.count)])
      try unsafe part.withUnsafeBytes { part in
        unsafe inflater.setInput(part)
        var count = 0
        repeat {
          count = try unsafe output.withUnsafeMutableBytes { try unsafe inflater.fill($0) }
          result += output.prefix(count)
        } while count == size
        let next = inflater.nextByte
        #expect(next == nil)
      }
    }
    let isFinished = inflater.isFinished
    #expect(isFinished)
    #expect(result == bytes)
  }

  @Test("A wrong checksum is reported as damage")
  func damage() throws {
    var packed = compress([1, 2, 3], windowBits: 31)
    packed[packed.count - 5] ^= 1
    var inflater = try Inflater(.gzip)
    var output = [UInt8](repeating: 0, count: 10)
    unsafe packed.withUnsafeBytes { packed in
      unsafe inflater.setInput(packed)
      #expect(throws: Inflater.Failure.damaged("incorrect data check")) {
        try unsafe output.withUnsafeMutableBytes { try unsafe inflater.fill($0) }
      }
    }
  }
}
