import Files

/// A zip archive that is open for reading.
///
/// It reads what Keras writes, and what other tools make of it: members that are stored or deflated,
/// with sizes of 32 or 64 bits. Nothing is ever unpacked to the disk. An archive whose members
/// overlap, are symbolic links or have names that lead out of it is refused as a whole.
///
/// Source: PKWARE, *APPNOTE.TXT*, version 6.3.10.
public struct ZipArchive: ~Copyable {
  /// The path that the archive was opened with.
  public let path: String

  /// The members, in the order of the archive's directory.
  public let members: [ZipMember]

  /// The size of the archive in bytes.
  public var size: Int { file.size }

  private let file: ArchiveFile

  /// What deflate can make of one byte at the most.
  private static let expansion = 1032

  /// How much is read at a time.
  private static let blockSize = 1 << 18

  /// Opens an archive and reads its directory.
  ///
  /// - Parameter path: The path of the archive.
  /// - Throws: ``ZipError`` if the file does not exist or cannot be read, or the archive is
  ///   truncated, corrupt or refused.
  public init(opening path: String) throws(ZipError) {
    try self.init(path) { () throws(ZipError.Cause) in try ArchiveFile(path: path) }
  }

  /// Reads the directory of an archive that is open already.
  ///
  /// - Parameters:
  ///   - descriptor: The open file; the archive keeps a duplicate of it.
  ///   - path: What the archive is called in errors.
  /// - Throws: ``ZipError`` if it is not a whole archive.
  public init(descriptor: CInt, named path: String) throws(ZipError) {
    try self.init(path) { () throws(ZipError.Cause) in
      try ArchiveFile(duplicating: descriptor)
    }
  }

  private init(
    _ path: String, _ open: () throws(ZipError.Cause) -> ArchiveFile
  ) throws(ZipError) {
    do throws(ZipError.Cause) {
      let file = try open()
      members = try Directory.members(of: file)
      self.file = file
      self.path = path
    } catch {
      throw ZipError(path: path, member: nil, cause: error)
    }
  }

  /// Finds a member.
  ///
  /// - Parameter name: The whole name of the member.
  /// - Returns: The member; nil if there is none.
  /// - Throws: ``ZipError`` if there are several of this name.
  public func member(named name: String) throws(ZipError) -> ZipMember? {
    let found = members.filter { $0.name == name }
    guard found.count <= 1 else { throw ZipError(path: path, member: name, cause: .ambiguous) }
    return found.first
  }

  /// Reads the content of a member into an array.
  ///
  /// - Parameters:
  ///   - member: A member of this archive.
  ///   - limit: The most bytes that are read.
  /// - Returns: The content, unpacked.
  /// - Throws: ``ZipError`` if it is damaged, encrypted, packed in another way, or too large.
  public func bytes(of member: ZipMember, limit: Int) throws(ZipError) -> [UInt8] {
    var bytes: [UInt8] = []
    try read(member, limit: limit) { block in
      bytes.append(contentsOf: block)
      return true
    }
    return bytes
  }

  /// Goes through the content of a member, block by block, and verifies its checksum.
  ///
  /// - Parameters:
  ///   - member: A member of this archive.
  ///   - limit: The most bytes that are read.
  ///   - body: Receives each block, unpacked; returns false if it has no room for it. What it has
  ///     received counts only if no error is thrown.
  /// - Throws: ``ZipError`` if the content is damaged, encrypted, packed in another way, or too large.
  public func read(
    _ member: ZipMember, limit: Int, _ body: (UnsafeRawBufferPointer) -> Bool
  ) throws(ZipError) {
    do throws(ZipError.Cause) {
      guard member.count <= limit else {
        throw .tooLarge("\(member.count) bytes, the limit is \(limit)")
      }
      var checksum = CRC32()
      func pass(_ block: UnsafeRawBufferPointer) throws(ZipError.Cause) {
        checksum.update(block)
        guard body(block) else { throw .tooLarge("there is not enough memory") }
      }
      let range = try storedRange(of: member)
      switch member.method {
      case .stored: try forEachBlock(of: range, pass)
      case .deflated:
        guard member.count / ZipArchive.expansion <= member.storedCount else {
          throw .damaged("\(member.storedCount) bytes cannot unpack to \(member.count)")
        }
        try inflate(range, to: member.count, pass)
      case .other(let number): throw .notAllowed("the compression method \(number)")
      }
      guard checksum.value == member.checksum else { throw .damaged("its checksum differs") }
    } catch {
      throw ZipError(path: path, member: member.name, cause: error)
    }
  }

  /// Where the content of a member is, if it is stored as it is.
  ///
  /// - Parameter member: A member of this archive.
  /// - Returns: Where the content begins, counted from the start of the archive; nil if it is packed.
  /// - Throws: ``ZipError`` if it is damaged or encrypted.
  public func contentOffset(of member: ZipMember) throws(ZipError) -> Int? {
    guard member.method == .stored else { return nil }
    do throws(ZipError.Cause) { return try storedRange(of: member).lowerBound } catch {
      throw ZipError(path: path, member: member.name, cause: error)
    }
  }

  /// Where the bytes of a member are, once it is sure that its header agrees with the directory.
  private func storedRange(of member: ZipMember) throws(ZipError.Cause) -> Range<Int> {
    guard !member.isEncrypted else { throw .notAllowed("it is encrypted") }
    guard member.method != .stored || member.count == member.storedCount else {
      throw .damaged("it is stored but has two sizes")
    }
    let start = member.headerOffset
    let content = try file.bytes(start..<start + 30)
    var header = Bytes(content[...])
    guard try header.next(UInt32.self) == Signature.member else {
      throw .damaged("it has no header")
    }
    try header.skip(2)
    let flags = try header.next(UInt16.self)
    let method = try header.next(UInt16.self)
    try header.skip(4)
    let checksum = try header.next(UInt32.self)
    let storedCount = try header.next(UInt32.self)
    let count = try header.next(UInt32.self)
    let nameLength = Int(try header.next(UInt16.self))
    let extraLength = Int(try header.next(UInt16.self))
    let nameEnd = start + 30 + nameLength
    let contentStart = nameEnd + extraLength
    guard contentStart <= member.end, member.storedCount <= member.end - contentStart else {
      throw .damaged("it overlaps what follows it")
    }
    let name = try file.bytes(start + 30..<nameEnd)
    let extra = try file.bytes(nameEnd..<contentStart)
    var large = try LargeSizes(extra[...])
    let sizes = (try large.next(instead: count), try large.next(instead: storedCount))
    let methodAgrees =
      switch member.method {
      case .stored: method == 0
      case .deflated: method == 8
      case .other(let number): method == UInt16(number)
      }
    // With the third flag the sizes and the checksum follow the content, and may be missing here.
    let isStreamed = flags & 8 != 0
    let agrees =
      sizes == (member.count, member.storedCount) && checksum == member.checksum
      || isStreamed && sizes == (0, 0) && checksum == 0
      || isStreamed && sizes == (member.count, member.storedCount)
    guard name == member.nameBytes, methodAgrees, agrees, flags & 0x2041 == 0 else {
      throw .damaged("its header and the directory differ")
    }
    return contentStart..<contentStart + member.storedCount
  }

  private func forEachBlock(
    of range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(ZipError.Cause) -> Void
  ) throws(ZipError.Cause) {
    let block = UnsafeMutableRawBufferPointer.allocate(
      byteCount: ZipArchive.blockSize, alignment: 16)
    defer { block.deallocate() }
    var start = range.lowerBound
    while start < range.upperBound {
      let count = min(block.count, range.upperBound - start)
      let part = UnsafeMutableRawBufferPointer(rebasing: block[..<count])
      try file.read(into: part, at: start)
      try body(UnsafeRawBufferPointer(part))
      start += count
    }
  }

  private func inflate(
    _ range: Range<Int>, to count: Int,
    _ body: (UnsafeRawBufferPointer) throws(ZipError.Cause) -> Void
  ) throws(ZipError.Cause) {
    let output = UnsafeMutableRawBufferPointer.allocate(
      byteCount: ZipArchive.blockSize, alignment: 16)
    defer { output.deallocate() }
    var produced = 0
    var inflater: Inflater
    do throws(Inflater.Failure) { inflater = try Inflater(.raw) } catch {
      throw ZipError.Cause(error)
    }
    try forEachBlock(of: range) { input throws(ZipError.Cause) in
      guard !inflater.isFinished else { throw .damaged("something follows its packed data") }
      inflater.setInput(input)
      var filled: Int
      repeat {
        do throws(Inflater.Failure) { filled = try inflater.fill(output) } catch {
          throw ZipError.Cause(error)
        }
        // Before it is handed on: what is declared is all that there is room for.
        guard filled <= count - produced else {
          throw .damaged("it unpacks to more than \(count) bytes")
        }
        produced += filled
        if filled > 0 { try body(UnsafeRawBufferPointer(rebasing: output[..<filled])) }
      } while filled == output.count && !inflater.isFinished
      guard !inflater.isFinished || inflater.nextByte == nil else {
        throw .damaged("something follows its packed data")
      }
    }
    guard inflater.isFinished else { throw .damaged("its packed data ends too early") }
    guard produced == count else {
      throw .damaged("it unpacks to \(produced) bytes instead of \(count)")
    }
  }
}

extension ZipError.Cause {
  fileprivate init(_ failure: Inflater.Failure) {
    switch failure {
    case .start(let status): self = .fileUnreadable("zlib cannot start (status \(status))")
    case .damaged(let reason): self = .damaged("its packed data is wrong: \(reason)")
    }
  }
}
