import TestSupport
import Testing
import Zip

@Suite("Zip archives")
struct ZipArchiveTests {
  @Test("Stored and deflated members are read, with sizes in all places that the format allows")
  func reading() throws {
    let names = [
      "small.keras", "small_deflated.keras", "small_zip64.keras", "small_streamed.keras",
    ]
    var contents: [[[UInt8]]] = []
    for name in names {
      let archive = try ZipArchive(opening: keras(name))
      #expect(
        archive.members.map(\.name) == ["metadata.json", "config.json", "model.weights.h5"])
      contents.append(try archive.members.map { try archive.bytes(of: $0, limit: 1 << 20) })
      let weights = try #require(try archive.member(named: "model.weights.h5"))
      let offset = try archive.contentOffset(of: weights)
      #expect((offset == nil) == (weights.method == .deflated))
      #expect(try archive.member(named: "config") == nil)
    }
    #expect(contents.allSatisfy { $0 == contents[0] })
    #expect(contents[0][2].starts(with: [0x89, 0x48, 0x44, 0x46]))
    #expect(contents[0][2].count == 25_008)
  }

  @Test("The size of a member is limited before it is read")
  func limit() throws {
    let archive = try ZipArchive(opening: keras("small_deflated.keras"))
    let weights = try #require(try archive.member(named: "model.weights.h5"))
    #expect(
      throws: ZipError(
        path: archive.path, member: "model.weights.h5",
        cause: .tooLarge("25008 bytes, the limit is 25007"))
    ) {
      try archive.bytes(of: weights, limit: 25_007)
    }
  }

  @Test("Written archives can be read, and members are aligned on request")
  func writing() throws {
    try withTemporaryDirectory { directory in
      for size in [0, 1, 400, 420, 443, 444, 445, 500, 900, 30_000, 70_000, 200_000] {
        let small = [UInt8](repeating: 7, count: size)
        let large = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 5) }
        var zip = ZipWriter()
        var bytes: [UInt8] = []
        for (name, content, isAligned) in [
          ("metadata.json", small, false), ("höhe", large, true),
        ] {
          unsafe bytes += try content.withUnsafeBytes {
            try unsafe zip.header(of: name, content: $0, isAligned: isAligned)
          }
          bytes += content
          #expect(zip.count == bytes.count)
        }
        bytes += zip.directory()
        try writeBytes(bytes, to: "\(directory)/a.zip")
        let archive = try ZipArchive(opening: "\(directory)/a.zip")
        #expect(archive.members.map(\.name) == ["metadata.json", "höhe"])
        #expect(try archive.bytes(of: archive.members[0], limit: .max) == small)
        #expect(try archive.bytes(of: archive.members[1], limit: .max) == large)
        let offset = try #require(try archive.contentOffset(of: archive.members[1]))
        // The next place for the largest would be too far.
        #expect(size == 200_000 || (offset >= 512 && offset & (offset - 1) == 0))
      }
    }
  }

  @Test(
    "Damaged and unsafe archives are refused",
    arguments: [
      (
        Change.name("../weights"),
        "not allowed: a member named '../weights', which points outside of"
      ),
      (.name("/etc/passwd"), "not allowed: a member named '/etc/passwd', which points outside of"),
      (.name("a\\b"), "not allowed: a member named 'a\\b', which points outside of"),
      (.name("C:secret"), "not allowed: a member named 'C:secret', which points outside of"),
      (.symbolicLink, "not allowed: 'payload', a symbolic link"),
      (.encrypted, "not allowed: it is encrypted"),
      (.method(12), "not allowed: the compression method 12"),
      (.checksum, "damaged: its checksum differs"),
      (.duplicate, "the archive has more than one member of this name"),
      (.overlap, "damaged: 'payload' overlaps the data after it"),
      (.bomb, "bytes cannot decompress to"),
      (.directoryOffset, "damaged: the central directory is not where the archive says"),
      (.cutOff, "not a complete zip archive"),
      (.headerSize, "damaged: its header and the central directory differ"),
      (.headerName, "damaged: its header and the central directory differ"),
    ])
  fileprivate func hostile(change: Change, problem: String) throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.zip"
      try writeBytes(try change.archive(), to: path)
      var text = "no error"
      do {
        let archive = try ZipArchive(opening: path)
        let member = try #require(try archive.member(named: "payload"))
        _ = try archive.bytes(of: member, limit: 1 << 30)
      } catch { text = "\(error)" }
      #expect(text.contains(problem), "\(text)")
    }
  }

  @Test(
    "An archive with a changed byte gives an error or the right content",
    arguments: ["small_deflated.keras", "small_streamed.keras", "small_zip64.keras"])
  func mutations(name: String) throws {
    let original = try readBytes(keras(name))
    let archive = try ZipArchive(opening: keras(name))
    let expected = try archive.members.map { try archive.bytes(of: $0, limit: 1 << 20) }
    // Where the structure is: the headers, the directory and the ends of the contents.
    let large = original.count > 10_000
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    func random(_ count: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(count))
    }
    try withTemporaryDirectory { directory in
      let path = "\(directory)/a.zip"
      var (errors, reads) = (0, 0)
      for round in 0..<(large ? 1_000 : 3_000) {
        var bytes = original
        switch round % 4 {
        case 0: bytes.removeLast(random(bytes.count))
        case 1: bytes[random(bytes.count)] ^= 1 << random(8)
        case 2: bytes[bytes.count - 1 - random(min(300, bytes.count))] = UInt8(random(256))
        default:
          for _ in 0..<8 { bytes[random(bytes.count)] = [0, 1, 0x7F, 0x80, 0xFF][random(5)] }
        }
        try writeBytes(bytes, to: path)
        do throws(ZipError) {
          let archive = try ZipArchive(opening: path)
          for member in archive.members {
            let content = try archive.bytes(of: member, limit: 1 << 20)
            // A name may have changed, and then the content is that of a member all the same.
            #expect(expected.contains(content) || content.isEmpty)
            reads += 1
          }
        } catch {
          errors += 1
        }
      }
      #expect(errors > 100)
      #expect(reads > 100)
    }
  }

  private func keras(_ name: String) -> String {
    fixture("forms/\(name)", of: "CheckpointsTests")
  }
}

/// Something that is wrong with an archive of one member, `payload`.
private enum Change: CustomTestStringConvertible {
  case name(String)
  case symbolicLink, encrypted, checksum, duplicate, overlap, bomb, directoryOffset, cutOff
  case headerSize, headerName
  case method(UInt8)

  var testDescription: String {
    if case .name(let name) = self { "name \(name)" } else { "\(self)" }
  }

  func archive() throws -> [UInt8] {
    let content = [UInt8]("a payload of some bytes".utf8)
    var zip = ZipWriter()
    var bytes: [UInt8] = []
    let isTwice =
      switch self {
      case .duplicate, .overlap: true
      default: false
      }
    var name = "payload"
    if case .name(let other) = self { name = other }
    for name in isTwice ? [name, name] : [name] {
      unsafe bytes += try content.withUnsafeBytes { try unsafe zip.header(of: name, content: $0) }
      bytes += content
    }
    let directory = bytes.count
    bytes += zip.directory()
    let end = bytes.count - 22
    switch self {
    case .name, .duplicate: break
    case .symbolicLink: bytes[directory + 38 + 3] = 0xA1
    case .encrypted: bytes[directory + 8] |= 1
    case .method(let method): (bytes[directory + 10], bytes[8]) = (method, method)
    case .checksum:
      bytes[directory + 16] ^= 1
      bytes[14] ^= 1
    case .overlap:
      // The second one begins where the first one does.
      let second = directory + 46 + name.utf8.count
      for index in 42..<46 { bytes[second + index] = 0 }
    case .bomb:
      bytes[directory + 10] = 8
      bytes[8] = 8
      for start in [directory + 24, 22] { (bytes[start + 2], bytes[start + 1]) = (0x0F, 0xFF) }
    case .directoryOffset: bytes[end + 16] ^= 1
    case .cutOff: bytes.removeLast()
    case .headerSize: bytes[18] ^= 1
    case .headerName: bytes[30] ^= 1
    }
    return bytes
  }
}
