import Files
import Preconditions

/// Creates the records of a zip archive whose members are stored without compression.
///
/// The archive consists of the header and the content of each member, then the central directory.
/// The caller writes them, each content after its header. Equal members create equal bytes: the
/// time of every member is 1980-01-01, the earliest of the format.
public struct ZipWriter: Sendable {
  /// The number of bytes of the archive so far.
  public private(set) var count = 0

  private var records: [[UInt8]] = []

  /// 1980-01-01 00:00:00.
  private static let date: UInt32 = 0x0021_0000

  /// Creates a writer for an archive without members.
  public init() {}

  /// Creates the header of the next member.
  ///
  /// The caller must write it, then the content.
  ///
  /// - Parameters:
  ///   - name: The name of the member.
  ///   - content: The content.
  ///   - isAligned: Whether the content begins at an offset where HDF5 readers search for the
  ///     signature: 512, 1024, 2048 and so on, so that they can open the archive itself as HDF5.
  ///     The padding is at most 65,535 bytes; if it had to be longer, the content is not aligned.
  /// - Returns: The header.
  /// - Throws: ``ZipError`` if the archive becomes larger than 4 GiB.
  /// - Precondition: The name is not longer than 65,535 bytes.
  public mutating func header(
    of name: String, content: UnsafeRawBufferPointer, isAligned: Bool = false
  ) throws(ZipError) -> [UInt8] {
    let nameBytes = Array(name.utf8)
    require(
      nameBytes.count <= 0xFFFF,
      "The name of a member must be at most 65535 bytes long, but is \(nameBytes.count).")
    let extra = isAligned ? padding(after: count + 30 + nameBytes.count) : []
    let end = count + 30 + nameBytes.count + extra.count + content.count
    guard end < 0xFFFF_FFFF, records.count < 0xFFFF else {
      throw ZipError(
        path: nil, member: name, cause: .tooLarge("an archive of \(end) bytes, the limit is 4 GiB"))
    }

    var checksum = CRC32()
    unsafe checksum.update(content)
    var record: [UInt8] = []
    record.append(littleEndian: UInt16(20))  // the version of the format
    // The name is UTF-8.
    record.append(littleEndian: UInt16(nameBytes.allSatisfy { $0 < 0x80 } ? 0 : 1 << 11))
    record.append(littleEndian: UInt16(0))  // stored
    record.append(littleEndian: ZipWriter.date)
    record.append(littleEndian: checksum.value)
    record.append(littleEndian: UInt32(content.count))
    record.append(littleEndian: UInt32(content.count))
    record.append(littleEndian: UInt16(nameBytes.count))

    var header: [UInt8] = []
    header.append(littleEndian: Signature.member)
    header += record
    header.append(littleEndian: UInt16(extra.count))
    header += nameBytes + extra

    var entry: [UInt8] = []
    entry.append(littleEndian: Signature.directoryRecord)
    entry.append(littleEndian: UInt16(3 << 8 | 20))  // made on Unix
    entry += record
    // No extra field, no comment, the first disk, no internal attributes.
    entry += [0, 0, 0, 0, 0, 0, 0, 0]
    entry.append(littleEndian: UInt32(0o100644) << 16)
    entry.append(littleEndian: UInt32(count))
    entry += nameBytes
    records.append(entry)
    count = end
    return header
  }

  /// Creates the central directory, which is the end of the archive.
  ///
  /// - Returns: The central directory.
  public func directory() -> [UInt8] {
    var bytes = records.flatMap(\.self)
    let size = bytes.count
    bytes.append(littleEndian: Signature.end)
    bytes += [0, 0, 0, 0]
    bytes.append(littleEndian: UInt16(records.count))
    bytes.append(littleEndian: UInt16(records.count))
    bytes.append(littleEndian: UInt32(size))
    bytes.append(littleEndian: UInt32(count))
    bytes += [0, 0]
    return bytes
  }

  /// Creates an extra field that moves the content to the next offset where an HDF5 file may begin.
  ///
  /// 0xD935 identifies an alignment field: two bytes with the alignment, then zeros.
  private func padding(after offset: Int) -> [UInt8] {
    var target = 512
    while target < offset || target > offset && target < offset + 6 { target *= 2 }
    let length = target - offset
    guard length > 0, length <= 0xFFFF else { return [] }
    var extra: [UInt8] = []
    extra.append(littleEndian: UInt16(0xD935))
    extra.append(littleEndian: UInt16(length - 4))
    extra.append(littleEndian: UInt16(512))
    return extra + [UInt8](repeating: 0, count: length - 6)
  }
}
