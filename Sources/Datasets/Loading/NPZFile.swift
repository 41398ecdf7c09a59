import Files
import Sandbox
import Zip

/// Arrays in NumPy's format .npz: a zip archive of .npy files, stored or deflated.
struct NPZFile: ArrayFile {
  let path: String
  let names: [String]
  private let reader: Reader

  /// Reads the names.
  init(_ path: String, reader: Reader) throws(DatasetError) {
    let members = try Self.attempt(path) { () throws(ZipError) in
      try ZipArchive(openingPictures: path, reader: reader).members.map(\.name)
    }
    names = members.filter { $0.hasSuffix(".npy") }.map { String($0.dropLast(4)) }
    (self.path, self.reader) = (path, reader)
  }

  func outline(of name: String) throws(DatasetError) -> (shape: [Int], kind: NumberArray.Kind) {
    let (member, header) = try Self.attempt(path) { () throws(ZipError) in
      let archive = try ZipArchive(openingPictures: path, reader: reader)
      let member = try archive.member(named: name + ".npy")
      guard let member else { return (member, [UInt8]()) }
      return (member, try archive.first(1 << 14, of: member))
    }
    guard let member else {
      throw .damaged(path: path, reason: "it has no array '\(name)'")
    }
    let parsed = try parse(header, name, byteCount: member.count)
    return (parsed.shape, parsed.kind ?? .bytes)
  }

  func array(_ name: String) throws(DatasetError) -> NumberArray {
    let bytes = try bytes(of: name, limit: PhysicalMemory.byteCount)
    let header = try parse(bytes, name, byteCount: bytes.count)
    return NumberArray(shape: header.shape, elements: header.elements(of: bytes))
  }

  func texts(_ name: String) throws(DatasetError) -> [String] {
    // 65,536 names of 64 characters in UTF-32.
    let bytes = try bytes(of: name, limit: 1 << 24)
    let header = try parse(bytes, name, byteCount: bytes.count, areTexts: true)
    guard header.shape.count == 1, let texts = header.texts(of: bytes) else {
      throw .damaged(
        path: path,
        reason: "'\(name)' cannot be read: it must be texts in UTF-8 or UTF-32 of the shape [count]"
      )
    }
    return texts
  }

  /// Reads a member.
  private func bytes(of name: String, limit: Int) throws(DatasetError) -> [UInt8] {
    try Self.attempt(path) { () throws(ZipError) -> [UInt8] in
      let archive = try ZipArchive(openingPictures: path, reader: reader)
      guard let member = try archive.member(named: name + ".npy") else { return [] }
      let limit = min(limit, ExpansionLimit.data.bytes(compressed: member.storedCount))
      var bytes: [UInt8] = []
      bytes.reserveCapacity(min(member.count, limit))
      try unsafe archive.read(member, limit: limit) { block in
        unsafe bytes.append(contentsOf: block)
        return true
      }
      return bytes
    }
  }

  /// Parses the header of an array, and compares the size of the array with it.
  private func parse(
    _ bytes: [UInt8], _ name: String, byteCount: Int, areTexts: Bool = false
  ) throws(DatasetError) -> NPYHeader {
    do throws(NPYHeader.Problem) {
      let header = try NPYHeader(bytes)
      guard areTexts == (header.kind == nil) else {
        throw NPYHeader.Problem(
          reason: "its elements of type '\(header.descriptor)' are no "
            + (areTexts ? "texts" : "plain numbers"))
      }
      guard let size = header.elementByteCount, size == byteCount - header.byteCount else {
        throw NPYHeader.Problem(
          reason: "its shape \(header.shape) does not fit its "
            + "\(byteCount - header.byteCount) bytes")
      }
      return header
    } catch {
      throw .damaged(path: path, reason: "'\(name)' cannot be read: \(error.reason)")
    }
  }

  private static func attempt<Result>(
    _ path: String, _ body: () throws(ZipError) -> Result
  ) throws(DatasetError) -> Result {
    do throws(ZipError) { return try body() } catch {
      switch error.cause {
      case .fileNotFound(let reason), .fileUnreadable(let reason):
        throw .unreadable(path: path, reason: reason)
      default:
        let subject = error.member.map { "'\($0)' cannot be read: " } ?? ""
        throw .damaged(path: path, reason: "\(subject)\(error.cause)")
      }
    }
  }
}
