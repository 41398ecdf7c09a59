import Datasets
import Foundation
import TestSupport
import Testing

@Suite("IDX files")
struct IDXFileTests {
  /// The error of reading a file of these bytes, without the path.
  func error(_ bytes: [UInt8]) throws -> String {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/file"
      try write(bytes, to: path)
      let error = try #require(
        #expect(throws: DatasetError.self) { try IDXFile(path: path) })
      guard case .damaged(path, let reason) = error else { throw error }
      #expect(error.description == "Cannot use '\(path)': \(reason)")
      return reason
    }
  }

  @Test(
    "Plain, compressed and in several gzip members, a file is the same",
    arguments: [
      "small", "small.gz", "members.gz",
    ])
  func reads(name: String) throws {
    let file = try IDXFile(path: fixture("idx/\(name)"))
    #expect(file.dimensions == [2, 3, 4])
    #expect(file.bytes == Array(0..<24))
  }

  @Test("Compressed data that would expand too much is refused before memory is allocated")
  func expansion() throws {
    // A stored block of gzip with the header of 65,536 images of 32 x 33.
    let header: [UInt8] = [0, 0, 8, 3, 0, 1, 0, 0, 0, 0, 0, 32, 0, 0, 0, 33]
    let count = UInt8(header.count)
    let bytes = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF, 0, count, 0, ~count, 0xFF] + header
    let problem = "its header declares 69206016 bytes, but it can hold at most 67108864"
    #expect(try error(bytes) == problem)
    try withTemporaryDirectory { directory in
      try write(bytes, to: "\(directory)/file")
      let error = try #require(
        #expect(throws: DatasetError.self) { try IDXStream(path: "\(directory)/file") })
      #expect("\(error)".hasSuffix(problem))
    }
  }

  @Test("A file without elements is read")
  func empty() throws {
    try withTemporaryDirectory { directory in
      try write(idx([0, 28, 28], []), to: "\(directory)/file")
      let file = try IDXFile(path: "\(directory)/file")
      #expect(file.dimensions == [0, 28, 28])
      #expect(file.bytes.isEmpty)
    }
  }

  @Test("A compressed file cut anywhere is refused")
  func truncatedGzip() throws {
    for name in ["small.gz", "members.gz"] {
      let bytes = try readBytes(fixture("idx/\(name)"))
      var reasons: [String] = []
      for count in 0..<bytes.count { reasons.append(try error(Array(bytes[..<count]))) }
      let magic = "it ends within the 4 bytes of its magic number"
      #expect(reasons[0...1].allSatisfy { $0 == magic })
      // Cut between two members, the content itself is what is too short.
      let others = Set(reasons[2...]).subtracting(["its gzip data ends too early"])
      #expect(
        others == (name == "small.gz" ? [] : ["it ends within the extents of its 3 axes"]))
    }
  }

  @Test("A plain file cut anywhere is refused with both numbers")
  func truncatedPlain() throws {
    let bytes = try readBytes(fixture("idx/small"))
    for count in 0..<bytes.count {
      let expected =
        switch count {
        case ..<4: "it ends within the 4 bytes of its magic number"
        case ..<16: "it ends within the extents of its 3 axes"
        case ..<24: "its header declares 24 bytes, but it can hold at most \(count)"
        default: "its header declares 24 bytes, but it holds \(count - 16)"
        }
      #expect(try error(Array(bytes[..<count])) == expected)
    }
  }

  @Test("Content shorter or longer than declared is refused with both numbers")
  func wrongLength() throws {
    #expect(
      try error(readBytes(fixture("idx/short.gz")))
        == "its header declares 24 bytes, but it holds 22")
    #expect(
      try error(readBytes(fixture("idx/long.gz")))
        == "its header declares 24 bytes, but it holds 27")
    #expect(
      try error(readBytes(fixture("idx/small")) + [0])
        == "its header declares 24 bytes, but it holds 25")
    #expect(
      try error(readBytes(fixture("idx/bomb.gz")))
        == "its header declares 24 bytes, but it holds at least 65560")
  }

  @Test("A header that declares more than the file can hold is refused before memory is taken")
  func impossible() throws {
    #expect(
      try error(idx([60_000, 28, 28], []))
        == "its header declares 47040000 bytes, but it can hold at most 16")
    #expect(
      try error(idx([1 << 15, 1 << 15, 2], []))
        == "its header declares the shape [32768, 32768, 2], more than 1073741824 bytes")
    let largest = [Int](repeating: 0xffff_ffff, count: 3)
    #expect(
      try error(idx(largest, []))
        == "its header declares the shape \(largest), more than 1073741824 bytes")
    #expect(
      try error(idx([Int](repeating: 1, count: 255), [1, 2]))
        == "its header declares 1 bytes, but it holds 2")
  }

  @Test("A bit that is wrong in a gzip file never changes what is read")
  func damagedGzip() throws {
    let bytes = try readBytes(fixture("idx/small.gz"))
    let whole = try IDXFile(path: fixture("idx/small.gz"))
    var readable: [Int] = []
    for bit in 0..<8 * bytes.count {
      var damaged = bytes
      damaged[bit / 8] ^= 1 << (bit % 8)
      try withTemporaryDirectory { directory in
        try write(damaged, to: "\(directory)/file")
        guard let file = try? IDXFile(path: "\(directory)/file") else { return }
        #expect(file == whole, "bit \(bit)")
        readable.append(bit)
      }
    }
    // The text flag, time, hints and system of the header, and what fills the last byte of the
    // compressed data, have no consequence.
    let padding = 8 * (bytes.count - 8)
    #expect(readable.allSatisfy { $0 == 24 || (32..<80).contains($0) || $0 >= padding - 7 })
    #expect(!readable.contains { $0 >= padding })
    var checksum = bytes
    checksum[bytes.count - 8] ^= 1
    #expect(try error(checksum) == "its gzip data is damaged: incorrect data check")
    var length = bytes
    length[bytes.count - 4] ^= 1
    #expect(try error(length) == "its gzip data is damaged: incorrect length check")
  }

  @Test("Only another member may follow a gzip member")
  func trailingBytes() throws {
    let bytes = try readBytes(fixture("idx/small.gz"))
    #expect(try error(bytes + [0]) == "something else follows its gzip data")
    #expect(try error(bytes + Array("text".utf8)) == "something else follows its gzip data")
    #expect(
      try error(bytes + [0x1f, 0]) == "its gzip data is damaged: incorrect header check")
    #expect(
      try error(bytes + bytes) == "its header declares 24 bytes, but it holds 64")
  }

  @Test("Arrays of other types than unsigned bytes are refused by name")
  func wrongMagic() throws {
    #expect(
      try error(Array("\u{89}PNG".utf8)) == "it is not an IDX file: it starts with c2 89 50 4e")
    #expect(
      try error([0, 1, 8, 1]) == "it is not an IDX file: it starts with 00 01 08 01")
    #expect(try error([0, 0, 8, 0]) == "its header declares no axes")
    let types: [(UInt8, String)] = [
      (0x09, "signed bytes"), (0x0b, "16-bit integers"), (0x0c, "32-bit integers"),
      (0x0d, "32-bit floats"), (0x0e, "64-bit floats"), (0x0a, "of the unknown type 0a"),
    ]
    for (code, name) in types {
      #expect(
        try error(idx([1], [0], type: code)) == "its elements are \(name), not unsigned bytes")
    }
  }

  @Test("The error for an unreadable file gives the reason")
  func unreadable() throws {
    try withTemporaryDirectory { directory in
      let missing = "\(directory)/missing"
      #expect(
        throws: DatasetError.unreadable(path: missing, reason: "No such file or directory")
      ) { try IDXFile(path: missing) }
      #expect(
        throws: DatasetError.unreadable(
          path: directory, reason: "it is a directory, not a regular file")
      ) { try IDXFile(path: directory) }
      let pipe = "\(directory)/pipe"
      try #require(mkfifo(pipe, 0o600) == 0)
      #expect(
        throws: DatasetError.unreadable(path: pipe, reason: "it is a FIFO, not a regular file")
      ) {
        try IDXFile(path: pipe)
      }
      #expect(
        DatasetError.unreadable(path: "a", reason: "No such file or directory").description
          == "Cannot read 'a': No such file or directory")
    }
  }
}
