import Deflate
import Sandbox
import Testing

@Suite("Decompressing parts of files, here and in a sandboxed process", .serialized)
struct InflatedStreamTests {
  /// Decompresses a range of a file in parts.
  private func inflated(
    _ form: CompressedRange.Form, _ data: [UInt8], before: Int = 0, after: Int = 0,
    in reader: Reader, part: Int = 100_000, missing: Int = 0
  ) throws(InflationError) -> [UInt8] {
    let file = [UInt8](repeating: 7, count: before) + data + [UInt8](repeating: 9, count: after)
    let decompressor = Decompressor(.model, reader: reader)
    let stream = try decompressor.stream(
      CompressedRange(form, start: before, count: data.count))
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: part)
    var count = part
    while count == part {
      var failure: InflationError?
      unsafe buffer.withUnsafeMutableBytes { buffer in
        do throws(InflationError) {
          count = try unsafe stream.fill(buffer) { place, offset in
            guard offset + place.count <= file.count - missing else { return "there is no more" }
            unsafe place.copyBytes(from: file[offset..<offset + place.count])
            return nil
          }
        } catch {
          failure = error
        }
      }
      if let failure { throw failure }
      result += buffer.prefix(count)
    }
    return result
  }

  /// Bytes that deflate can halve.
  private let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) & 0x0F }

  @Test(
    "A part of a file is decompressed, whatever surrounds it",
    arguments: [Reader.unconfined, .sandboxed], [100_000, 3_000_000, 5_000_000])
  func part(reader: Reader, part: Int) throws {
    let member = compress(bytes, windowBits: -15)
    let found = try inflated(.member, member, before: 1000, after: 10, in: reader, part: part)
    #expect(found == bytes)
  }

  @Test("Members of gzip data are concatenated", arguments: [Reader.unconfined, .sandboxed])
  func members(reader: Reader) throws {
    let data =
      compress(bytes, windowBits: 31) + compress([], windowBits: 31)
      + compress([1, 2, 3], windowBits: 31)
    #expect(try inflated(.gzip, data, in: reader) == bytes + [1, 2, 3])
  }

  @Test("Data that is not right is an error", arguments: [Reader.unconfined, .sandboxed])
  func errors(reader: Reader) {
    let member = compress(bytes, windowBits: -15)
    let gzip = compress(bytes, windowBits: 31)
    #expect(throws: InflationError.truncated) {
      try inflated(.member, Array(member.dropLast()), in: reader)
    }
    #expect(throws: InflationError.truncated) { try inflated(.gzip, [], in: reader) }
    #expect(throws: InflationError.excess) { try inflated(.member, member + [0], in: reader) }
    #expect(throws: InflationError.excess) { try inflated(.gzip, gzip + [0], in: reader) }
    // A second member that is only begun.
    #expect(throws: InflationError.truncated) {
      try inflated(.gzip, gzip + gzip.prefix(12), in: reader)
    }
    #expect(throws: InflationError.damaged("invalid block type")) {
      try inflated(.member, [0xFF, 0xFF], in: reader)
    }
    #expect(throws: InflationError.unreadable("there is no more")) {
      try inflated(.member, member, in: reader, missing: 1)
    }
  }

  @Test("Millions of blocks without content end in time")
  func emptyBlocks() {
    // Stored blocks of no bytes, none of which is the last: RFC 1951, section 3.2.4.
    let blocks = [[UInt8]](repeating: [0, 0, 0, 0xFF, 0xFF], count: 4_000_000).flatMap(\.self)
    #expect(throws: InflationError.truncated) { try inflated(.member, blocks, in: .sandboxed) }
  }

  @Test("One process decompresses all ranges of a file, and can then be taken")
  func oneProcess() throws {
    let decompressor = Decompressor(.model, reader: .sandboxed)
    #expect(decompressor.takeProcess() == nil)
    for _ in 0..<2 { _ = try decompressor.stream(CompressedRange(.gzip, start: 0, count: 9)) }
    #expect(decompressor.takeProcess() != nil)
    #expect(decompressor.takeProcess() == nil)
    let direct = Decompressor(.model, reader: .unconfined)
    _ = try direct.stream(CompressedRange(.gzip, start: 0, count: 9))
    #expect(direct.takeProcess() == nil)
  }
}
