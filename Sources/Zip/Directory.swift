/// The directory at the end of an archive.
enum Directory {
  /// Bounds beyond any archive of a model.
  private enum Limit {
    static let bytes = 16 << 20
    static let members = 10_000
    /// The record at the end, with the longest comment and what may stand before it.
    static let tail = 22 + 0xFFFF + 20
  }

  /// Reads the directory.
  ///
  /// Everything in it is checked against the size of the file, and no two members overlap.
  ///
  /// - Parameter file: The archive.
  /// - Returns: The members, in the order of the directory.
  /// - Throws: The cause, if there is no directory or it cannot be true.
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
    guard bytes.count == 0 else { throw .damaged("something follows the last member") }

    // Where each of them ends at the latest.
    var end = range.lowerBound
    for index in members.indices.sorted(by: {
      members[$0].headerOffset > members[$1].headerOffset
    }) {
      let member = members[index]
      let (least, overflow) = (30 + member.nameBytes.count).addingReportingOverflow(
        member.storedCount)
      guard member.headerOffset <= end, !overflow, least <= end - member.headerOffset else {
        throw .damaged("'\(member.name)' overlaps what follows it")
      }
      members[index].end = end
      end = member.headerOffset
    }
    return members
  }

  /// Finds the directory: where it is, and how many members it has.
  private static func find(
    in file: borrowing ArchiveFile
  ) throws(ZipError.Cause) -> (range: Range<Int>, count: Int) {
    let tailOffset = max(0, file.size - Limit.tail)
    let tail = try file.bytes(tailOffset..<file.size)
    // The last one whose comment ends with the file.
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
    guard disks == (0, 0) else { throw .notAllowed("an archive in several parts") }
    return (
      try range(offset: UInt64(offset), size: UInt64(size), end: tailOffset + index), Int(count)
    )
  }

  /// Reads the record of 64-bit sizes that a locator leads to.
  private static func findLarge(
    in file: borrowing ArchiveFile, locator: inout Bytes, at locatorOffset: Int
  ) throws(ZipError.Cause) -> (range: Range<Int>, count: Int) {
    let disk = try locator.next(UInt32.self)
    let start = try locator.next(UInt64.self)
    let diskCount = try locator.next(UInt32.self)
    guard disk == 0, diskCount <= 1 else { throw .notAllowed("an archive in several parts") }
    guard let start = Int(exactly: start), start <= locatorOffset - 56 else {
      throw .damaged("the end of the directory is not where it should be")
    }
    let content = try file.bytes(start..<start + 56)
    var record = Bytes(content[...])
    guard try record.next(UInt32.self) == Signature.largeEnd else {
      throw .damaged("the end of the directory has no signature")
    }
    try record.skip(28)
    let count = try record.next(UInt64.self)
    let size = try record.next(UInt64.self)
    let offset = try record.next(UInt64.self)
    return (
      try range(offset: offset, size: size, end: start), Int(clamping: count)
    )
  }

  /// The range of the directory, which must end where the record after it begins.
  private static func range(
    offset: UInt64, size: UInt64, end: Int
  ) throws(ZipError.Cause) -> Range<Int> {
    let (sum, overflow) = offset.addingReportingOverflow(size)
    guard !overflow, sum == UInt64(end) else {
      throw .damaged("the directory does not lie where the archive says")
    }
    return Int(offset)..<end
  }
}
