/// A member of a zip archive, as described in the central directory.
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
  /// Whether the content is encrypted.
  ///
  /// Encrypted members cannot be read.
  public let isEncrypted: Bool

  /// The bytes of the name.
  let nameBytes: [UInt8]
  /// The offset of the member's header in the archive.
  let headerOffset: Int
  /// The offset of the next member or of the central directory.
  var end = 0
}

extension ZipMember {
  /// Parses a record of the central directory.
  init(_ bytes: inout Bytes) throws(ZipError.Cause) {
    guard try bytes.next(UInt32.self) == Signature.directoryRecord else {
      throw .damaged("a record of the central directory has no signature")
    }
    try bytes.skip(2)
    let fields = try MemberFields(&bytes)
    let commentLength = Int(try bytes.next(UInt16.self))
    let disk = try bytes.next(UInt16.self)
    try bytes.skip(2)
    let attributes = try bytes.next(UInt32.self)
    let offset = try bytes.next(UInt32.self)
    nameBytes = Array(try bytes.take(fields.nameLength))
    let extra = try bytes.take(fields.extraLength)
    try bytes.skip(commentLength)

    var large = try LargeSizes(extra)
    count = try large.next(instead: fields.count)
    storedCount = try large.next(instead: fields.storedCount)
    headerOffset = try large.next(instead: offset)
    name = String(decoding: nameBytes, as: UTF8.self)
    isEncrypted = fields.isEncrypted
    method = fields.method
    checksum = fields.checksum
    guard disk == 0 || disk == .max else { throw .notAllowed("a split archive") }
    guard ZipMember.isSafe(name) else {
      throw .notAllowed("a member named '\(name)', which points outside of the archive")
    }
    guard attributes >> 16 & 0o170000 != 0o120000 else {
      throw .notAllowed("'\(name)', a symbolic link")
    }
  }

  /// Returns whether a name is a relative path without `..`.
  ///
  /// Members are never extracted, but Keras does not write other names.
  private static func isSafe(_ name: String) -> Bool {
    let components = name.split(separator: "/", omittingEmptySubsequences: false)
    return !name.isEmpty && !name.hasPrefix("/") && !name.utf8.contains(UInt8(ascii: "\\"))
      && !name.utf8.contains(0) && !components.contains("..")
      && name.dropFirst().first != ":"
  }
}

/// The fields that the header of a member and its record of the central directory have in common.
///
/// Source: APPNOTE.TXT 6.3.10, sections 4.3.7 and 4.3.12.
struct MemberFields {
  /// The compression method.
  let method: ZipMember.Method
  /// Whether the content is encrypted: bit 0, 6 or 13 of the flags.
  let isEncrypted: Bool
  /// Whether the sizes and the checksum follow the content, and may be 0 here: bit 3 of the flags.
  let isStreamed: Bool
  /// The CRC-32 of the uncompressed content.
  let checksum: UInt32
  /// The compressed size in bytes; 0xFFFFFFFF if it is in the Zip64 field.
  let storedCount: UInt32
  /// The uncompressed size in bytes; 0xFFFFFFFF if it is in the Zip64 field.
  let count: UInt32
  /// The length of the name in bytes.
  let nameLength: Int
  /// The length of the extra fields in bytes.
  let extraLength: Int

  /// Parses the fields, starting with the version that is needed to extract.
  init(_ bytes: inout Bytes) throws(ZipError.Cause) {
    try bytes.skip(2)
    let flags = try bytes.next(UInt16.self)
    isEncrypted = flags & 0x2041 != 0
    isStreamed = flags & 8 != 0
    method =
      switch try bytes.next(UInt16.self) {
      case 0: .stored
      case 8: .deflated
      case let number: .other(Int(number))
      }
    // The time and date of the last change.
    try bytes.skip(4)
    checksum = try bytes.next()
    storedCount = try bytes.next()
    count = try bytes.next()
    nameLength = Int(try bytes.next(UInt16.self))
    extraLength = Int(try bytes.next(UInt16.self))
  }
}

/// The signatures: the first four bytes of each kind of record.
enum Signature {
  static let member: UInt32 = 0x0403_4B50
  static let directoryRecord: UInt32 = 0x0201_4B50
  static let end: UInt32 = 0x0605_4B50
  static let largeEnd: UInt32 = 0x0606_4B50
  static let largeEndLocator: UInt32 = 0x0706_4B50
}

/// The 64-bit sizes of the Zip64 extra field, which replace those that do not fit in 32 bits.
///
/// Source: APPNOTE.TXT 6.3.10, section 4.5.3.
struct LargeSizes {
  private var bytes = Bytes([])

  /// Finds the Zip64 field in the extra fields of a record.
  init(_ extra: ArraySlice<UInt8>) throws(ZipError.Cause) {
    var fields = Bytes(extra)
    // Some writers leave padding that is shorter than the header of a field.
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

  /// Returns `size`, or the next 64-bit size if `size` is the placeholder 0xFFFFFFFF.
  mutating func next(instead size: UInt32) throws(ZipError.Cause) -> Int {
    guard size == .max else { return Int(size) }
    guard let large = Int(exactly: try bytes.next(UInt64.self)), large <= 1 << 48 else {
      throw .damaged("a size is impossible")
    }
    return large
  }
}
