/// A member of a zip archive, as the archive's directory has it.
public struct ZipMember: Equatable, Sendable {
  /// A compression method.
  public enum Method: Equatable, Sendable {
    /// Stored without compression.
    case stored
    /// Compressed with deflate.
    case deflated
    /// Another method, which is not supported.
    case other(Int)
  }

  /// The name, with `/` between its components.
  public let name: String
  /// The compression method.
  public let method: Method
  /// The uncompressed size in bytes.
  public let count: Int
  /// The compressed size in bytes.
  public let storedCount: Int
  /// The CRC-32 of the uncompressed content.
  public let checksum: UInt32
  /// Whether the content is encrypted; then it is not read.
  public let isEncrypted: Bool

  /// The bytes of the name.
  let nameBytes: [UInt8]
  /// Where the member begins in the archive.
  let headerOffset: Int
  /// Where the next member begins, or what else follows.
  var end = 0
}

extension ZipMember {
  /// Reads a record of the directory.
  init(_ bytes: inout Bytes) throws(ZipError.Cause) {
    guard try bytes.next(UInt32.self) == Signature.directoryRecord else {
      throw .damaged("a record of the directory has no signature")
    }
    try bytes.skip(4)
    let flags = try bytes.next(UInt16.self)
    let method = try bytes.next(UInt16.self)
    try bytes.skip(4)
    checksum = try bytes.next()
    let storedCount = try bytes.next(UInt32.self)
    let count = try bytes.next(UInt32.self)
    let nameLength = Int(try bytes.next(UInt16.self))
    let extraLength = Int(try bytes.next(UInt16.self))
    let commentLength = Int(try bytes.next(UInt16.self))
    let disk = try bytes.next(UInt16.self)
    try bytes.skip(2)
    let attributes = try bytes.next(UInt32.self)
    let offset = try bytes.next(UInt32.self)
    nameBytes = Array(try bytes.take(nameLength))
    let extra = try bytes.take(extraLength)
    try bytes.skip(commentLength)

    var large = try LargeSizes(extra)
    self.count = try large.next(instead: count)
    self.storedCount = try large.next(instead: storedCount)
    headerOffset = try large.next(instead: offset)
    name = String(decoding: nameBytes, as: UTF8.self)
    isEncrypted = flags & 0x2041 != 0
    self.method =
      switch method {
      case 0: .stored
      case 8: .deflated
      default: .other(Int(method))
      }
    guard disk == 0 || disk == .max else { throw .notAllowed("an archive in several parts") }
    guard ZipMember.isSafe(name) else {
      throw .notAllowed("a member named '\(name)', which leads out of the archive")
    }
    guard attributes >> 16 & 0o170000 != 0o120000 else {
      throw .notAllowed("'\(name)', a symbolic link")
    }
  }

  /// Whether a name is a path below the archive: nothing is ever written under it, but an archive
  /// with others is not what Keras wrote.
  private static func isSafe(_ name: String) -> Bool {
    let components = name.split(separator: "/", omittingEmptySubsequences: false)
    return !name.isEmpty && !name.hasPrefix("/") && !name.utf8.contains(UInt8(ascii: "\\"))
      && !name.utf8.contains(0) && !components.contains("..")
      && name.dropFirst().first != ":"
  }
}

/// The first four bytes of each kind of record.
enum Signature {
  static let member: UInt32 = 0x0403_4B50
  static let directoryRecord: UInt32 = 0x0201_4B50
  static let end: UInt32 = 0x0605_4B50
  static let largeEnd: UInt32 = 0x0606_4B50
  static let largeEndLocator: UInt32 = 0x0706_4B50
}

/// The sizes of 64 bits that stand in the place of those that do not fit in 32.
///
/// Source: APPNOTE.TXT 6.3.10, section 4.5.3.
struct LargeSizes {
  private var bytes = Bytes([])

  /// Finds them in the extra fields of a record.
  init(_ extra: ArraySlice<UInt8>) throws(ZipError.Cause) {
    var fields = Bytes(extra)
    // Less than the head of a field is padding, as some writers leave it.
    while fields.count >= 4 {
      let identifier = try fields.next(UInt16.self)
      let length = try fields.next(UInt16.self)
      let field = try fields.take(Int(length))
      if identifier == 1 {
        bytes = Bytes(field)
        return
      }
    }
  }

  /// The size that `size` stands for.
  mutating func next(instead size: UInt32) throws(ZipError.Cause) -> Int {
    guard size == .max else { return Int(size) }
    guard let large = Int(exactly: try bytes.next(UInt64.self)), large <= 1 << 48 else {
      throw .damaged("a size is impossible")
    }
    return large
  }
}
