/// The central directory at the end of an archive.
enum Directory {
  /// Limits that no archive of a model reaches.
  private enum Limit {
    static let bytes = 16 << 20
    static let members = 10_000
    /// The length of the end record with the longest comment, and of the Zip64 locator before it.
    static let tail = 22 + 0xFFFF + 20
  }

  /// Reads the central directory.
  ///
  /// All offsets and sizes are checked against the size of the file, and members must not overlap.
  ///
  /// - Parameter file: The archive.
  /// - Returns: The members in the order of the central directory.
  /// - Throws: The cause if there is no central directory, or it is inconsistent.
  static func members(of file: borrowing ArchiveFile) throws(ZipError.Cause) -> [ZipMember] {
    let (range, count) = try find(in: file)
    guard range.count <= Limit.bytes else {
      throw .tooLarge("a directory of \(range.count) bytes, the limit is \(Limit.bytes)")
    }
    guard count <= Limit.members else {
      throw .tooLarge("\(count) members, the limit is \(Limit.members)")
    }
    let content = try file.bytes(range)
    var bytes = Bytes(content[...])
    var members: [ZipMember] = []
    while members.count < count { members.append(try ZipMember(&bytes)) }
    guard bytes.count == 0 else { throw .damaged("there is other data after the last member") }

    // The offset of the following member is the latest possible end of each member.
    var end = range.lowerBound
    for index in members.indices.sorted(by: {
      members[$0].headerOffset > members[$1].headerOffset
    }) {
      let member = members[index]
      let (least, overflow) = (30 + member.nameBytes.count).addingReportingOverflow(
        member.storedCount)
      guard member.headerOffset <= end, !overflow, least <= end - member.headerOffset else {
        throw .damaged("'\(member.name)' overlaps the data after it")
      }
      members[index].end = end
      end = member.headerOffset
    }
    return members
  }

  /// Finds the byte range of the central directory, and its number of members.
  private static func find(
    in file: borrowing ArchiveFile
  ) throws(ZipError.Cause) -> (range: Range<Int>, count: Int) {
    let tailOffset = max(0, file.size - Limit.tail)
    let tail = try file.bytes(tailOffset..<file.size)
    // The last end record whose comment ends at the end of the file.
    let signature: [UInt8] = [0x50, 0x4B, 5, 6]
    let found = stride(from: tail.count - 22, through: 0, by: -1).first { index in
      tail[index..<index + 4].elementsEqual(signature)
        && index + 22 + Int(tail[index + 20]) + Int(tail[index + 21]) << 8 == tail.count
    }
    guard let index = found else { throw .notZip }
    var end = Bytes(tail[(index + 4)...])
    let disks = (try end.next(UInt16.self), try end.next(UInt16.self))
    try end.skip(2)
    let count = try end.next(UInt16.self)
    let size = try end.next(UInt32.self)
    let offset = try end.next(UInt32.self)
    if index >= 20, count == .max || size == .max || offset == .max {
      var locator = Bytes(tail[(index - 20)...])
      if try locator.next(UInt32.self) == Signature.largeEndLocator {
        return try findLarge(in: file, locator: &locator, at: tailOffset + index - 20)
      }
    }
    guard disks == (0, 0) else { throw .notAllowed("a split archive") }
    return (
      try range(offset: UInt64(offset), size: UInt64(size), end: tailOffset + index), Int(count)
    )
  }

  /// Reads the Zip64 end record that a locator points to.
  private static func findLarge(
    in file: borrowing ArchiveFile, locator: inout Bytes, at locatorOffset: Int
  ) throws(ZipError.Cause) -> (range: Range<Int>, count: Int) {
    let disk = try locator.next(UInt32.self)
    let start = try locator.next(UInt64.self)
    let diskCount = try locator.next(UInt32.self)
    guard disk == 0, diskCount <= 1 else { throw .notAllowed("a split archive") }
    guard let start = Int(exactly: start), start <= locatorOffset - 56 else {
      throw .damaged("the Zip64 end record is not where the archive says")
    }
    let content = try file.bytes(start..<start + 56)
    var record = Bytes(content[...])
    guard try record.next(UInt32.self) == Signature.largeEnd else {
      throw .damaged("the Zip64 end record has no signature")
    }
    try record.skip(28)
    let count = try record.next(UInt64.self)
    let size = try record.next(UInt64.self)
    let offset = try record.next(UInt64.self)
    return (
      try range(offset: offset, size: size, end: start), Int(clamping: count)
    )
  }

  /// Returns the byte range of the central directory, which must end at the record after it.
  private static func range(
    offset: UInt64, size: UInt64, end: Int
  ) throws(ZipError.Cause) -> Range<Int> {
    let (sum, overflow) = offset.addingReportingOverflow(size)
    guard !overflow, sum == UInt64(end) else {
      throw .damaged("the central directory is not where the archive says")
    }
    return Int(offset)..<end
  }
}
