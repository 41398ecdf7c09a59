internal import Deflate
import Files
public import Sandbox

/// A zip archive that is open for reading.
///
/// Members may be stored or deflated, with sizes of 32 or 64 bits, as Keras and other tools write
/// them. Nothing is extracted to the disk. An archive is refused as a whole if members overlap, are
/// symbolic links or have names that point outside of it (`..`, absolute paths).
///
/// Source: PKWARE, *APPNOTE.TXT*, version 6.3.10.
public struct ZipArchive: ~Copyable {
  /// The path that the archive was opened with.
  public let path: String

  /// The members in the order of the central directory.
  public let members: [ZipMember]

  /// The size of the archive in bytes.
  public var size: Int { file.size }

  private let file: ArchiveFile
  private let decompressor: Decompressor

  /// The maximum expansion of deflate: bytes of output for each byte of input.
  private static let expansion = 1032

  /// The number of bytes that are read at a time.
  private static let blockSize = 1 << 18

  /// Opens an archive and reads its central directory.
  ///
  /// - Parameters:
  ///   - path: The path of the archive.
  ///   - reader: The process that decompresses members.
  /// - Throws: ``ZipError`` if the file does not exist or cannot be read, or the archive is
  ///   truncated, damaged or refused.
  public init(opening path: String, reader: Reader = .sandboxed) throws(ZipError) {
    try self.init(path, Decompressor(.model, reader: reader)) { () throws(ZipError.Cause) in
      try ArchiveFile(path: path)
    }
  }

  /// Opens an archive of pictures, whose members may be decompressed by a process that has read
  /// something else.
  ///
  /// - Parameters:
  ///   - path: The path of the archive.
  ///   - reader: The process that decompresses members.
  /// - Throws: ``ZipError`` as ``init(opening:reader:)``.
  package init(openingPictures path: String, reader: Reader) throws(ZipError) {
    try self.init(path, Decompressor(.pictures, reader: reader)) { () throws(ZipError.Cause) in
      try ArchiveFile(path: path)
    }
  }

  /// Reads the central directory of an open archive.
  ///
  /// - Parameters:
  ///   - descriptor: The open file; the archive keeps a duplicate of it.
  ///   - path: The name of the archive in errors.
  ///   - reader: The process that decompresses members.
  /// - Throws: ``ZipError`` if it is not a complete archive.
  public init(
    descriptor: CInt, named path: String, reader: Reader = .sandboxed
  ) throws(ZipError) {
    try self.init(path, Decompressor(.model, reader: reader)) { () throws(ZipError.Cause) in
      try ArchiveFile(duplicating: descriptor)
    }
  }

  private init(
    _ path: String, _ decompressor: Decompressor,
    _ open: () throws(ZipError.Cause) -> ArchiveFile
  ) throws(ZipError) {
    self.decompressor = decompressor
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
  /// - Parameter name: The full name of the member.
  /// - Returns: The member, or nil if there is none.
  /// - Throws: ``ZipError`` if several members have this name.
  public func member(named name: String) throws(ZipError) -> ZipMember? {
    let found = members.filter { $0.name == name }
    guard found.count <= 1 else { throw ZipError(path: path, member: name, cause: .ambiguous) }
    return found.first
  }

  /// Reads the content of a member into an array.
  ///
  /// - Parameters:
  ///   - member: A member of this archive.
  ///   - limit: The maximum number of bytes.
  /// - Returns: The decompressed content.
  /// - Throws: ``ZipError`` if it is damaged, encrypted, larger than the limit, or compressed with
  ///   an unsupported method.
  public func bytes(of member: ZipMember, limit: Int) throws(ZipError) -> [UInt8] {
    var bytes: [UInt8] = []
    try unsafe read(member, limit: limit) { block in
      unsafe bytes.append(contentsOf: block)
      return true
    }
    return bytes
  }

  /// Reads the first bytes of a member, without verifying its checksum.
  ///
  /// - Parameters:
  ///   - count: The maximum number of bytes.
  ///   - member: A member of this archive.
  /// - Returns: The first bytes of the decompressed content, or all of it if it has fewer.
  /// - Throws: ``ZipError`` if they are damaged, encrypted or compressed with an unsupported
  ///   method.
  package func first(_ count: Int, of member: ZipMember) throws(ZipError) -> [UInt8] {
    do throws(ZipError.Cause) {
      let range = try storedRange(of: member)
      let count = min(count, member.count)
      switch member.method {
      case .stored: return try file.bytes(range.prefix(count))
      case .deflated:
        let stream = try stream(of: range)
        return try unsafe [UInt8](unsafeUninitializedCapacity: count) {
          (buffer, filled) throws(ZipError.Cause) in
          let buffer = unsafe UnsafeMutableRawBufferPointer(
            start: buffer.baseAddress, count: count)
          filled = try unsafe fill(buffer, from: stream)
        }
      case .other(let number): throw .notAllowed("the compression method \(number)")
      }
    } catch {
      throw ZipError(path: path, member: member.name, cause: error)
    }
  }

  /// Reads the content of a member block by block, and verifies its checksum.
  ///
  /// - Parameters:
  ///   - member: A member of this archive.
  ///   - limit: The maximum number of bytes.
  ///   - body: Receives each decompressed block; returns false if there is not enough memory for
  ///     it. The blocks are valid only if no error is thrown, because the checksum is verified
  ///     last.
  /// - Throws: ``ZipError`` if the content is damaged, encrypted, larger than the limit, or
  ///   compressed with an unsupported method.
  public func read(
    _ member: ZipMember, limit: Int, _ body: (UnsafeRawBufferPointer) -> Bool
  ) throws(ZipError) {
    do throws(ZipError.Cause) {
      guard member.count <= limit else {
        throw .tooLarge("\(member.count) bytes, the limit is \(limit)")
      }
      var checksum = CRC32()
      func pass(_ block: UnsafeRawBufferPointer) throws(ZipError.Cause) {
        unsafe checksum.update(block)
        guard unsafe body(block) else { throw .tooLarge("there is not enough memory") }
      }
      let range = try storedRange(of: member)
      switch member.method {
      case .stored: try unsafe forEachBlock(of: range, pass)
      case .deflated:
        guard member.count / ZipArchive.expansion <= member.storedCount else {
          throw .damaged("\(member.storedCount) bytes cannot decompress to \(member.count)")
        }
        try unsafe inflate(range, to: member.count, pass)
      case .other(let number): throw .notAllowed("the compression method \(number)")
      }
      guard checksum.value == member.checksum else { throw .damaged("its checksum differs") }
    } catch {
      throw ZipError(path: path, member: member.name, cause: error)
    }
  }

  /// Returns the offset of the content of a member that is stored without compression.
  ///
  /// - Parameter member: A member of this archive.
  /// - Returns: The offset in bytes from the start of the archive; nil if the member is compressed.
  /// - Throws: ``ZipError`` if it is damaged or encrypted.
  public func contentOffset(of member: ZipMember) throws(ZipError) -> Int? {
    guard member.method == .stored else { return nil }
    do throws(ZipError.Cause) { return try storedRange(of: member).lowerBound } catch {
      throw ZipError(path: path, member: member.name, cause: error)
    }
  }

  /// Returns the byte range of a member's stored content, after comparing its header with the
  /// central directory.
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
    let fields = try MemberFields(&header)
    let nameEnd = start + 30 + fields.nameLength
    let contentStart = nameEnd + fields.extraLength
    guard contentStart <= member.end, member.storedCount <= member.end - contentStart else {
      throw .damaged("it overlaps the data after it")
    }
    let name = try file.bytes(start + 30..<nameEnd)
    let extra = try file.bytes(nameEnd..<contentStart)
    var large = try LargeSizes(extra[...])
    let sizes = (
      try large.next(instead: fields.count), try large.next(instead: fields.storedCount)
    )
    let isSame = sizes == (member.count, member.storedCount)
    let agrees =
      isSame && fields.checksum == member.checksum
      || fields.isStreamed && (isSame || sizes == (0, 0) && fields.checksum == 0)
    guard name == member.nameBytes, fields.method == member.method, agrees, !fields.isEncrypted
    else {
      throw .damaged("its header and the central directory differ")
    }
    return contentStart..<contentStart + member.storedCount
  }

  private func forEachBlock(
    of range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(ZipError.Cause) -> Void
  ) throws(ZipError.Cause) {
    let block = UnsafeMutableRawBufferPointer.allocate(
      byteCount: ZipArchive.blockSize, alignment: 16)
    defer { unsafe block.deallocate() }
    var start = range.lowerBound
    while start < range.upperBound {
      let count = min(block.count, range.upperBound - start)
      let part = unsafe UnsafeMutableRawBufferPointer(rebasing: block[..<count])
      try unsafe file.read(into: part, at: start)
      try unsafe body(UnsafeRawBufferPointer(part))
      start += count
    }
  }

  private func inflate(
    _ range: Range<Int>, to count: Int,
    _ body: (UnsafeRawBufferPointer) throws(ZipError.Cause) -> Void
  ) throws(ZipError.Cause) {
    let output = UnsafeMutableRawBufferPointer.allocate(
      byteCount: ZipArchive.blockSize, alignment: 16)
    defer { unsafe output.deallocate() }
    let stream = try stream(of: range)
    var produced = 0
    var filled = output.count
    while filled == output.count {
      filled = try unsafe fill(output, from: stream)
      // Checked before the block is passed on, because the caller has room only for the declared
      // size.
      guard filled <= count - produced else {
        throw .damaged("it decompresses to more than \(count) bytes")
      }
      produced += filled
      if filled > 0 { try unsafe body(UnsafeRawBufferPointer(rebasing: output[..<filled])) }
    }
    guard produced == count else {
      throw .damaged("it decompresses to \(produced) bytes instead of \(count)")
    }
  }

  private func stream(of range: Range<Int>) throws(ZipError.Cause) -> InflatedStream {
    do throws(InflationError) {
      return try decompressor.stream(
        CompressedRange(.member, start: range.lowerBound, count: range.count))
    } catch {
      throw ZipError.Cause(error)
    }
  }

  private func fill(
    _ output: UnsafeMutableRawBufferPointer, from stream: InflatedStream
  ) throws(ZipError.Cause) -> Int {
    var failure: ZipError.Cause?
    do throws(InflationError) {
      return try unsafe stream.fill(output) { buffer, offset in
        do throws(ZipError.Cause) { try unsafe file.read(into: buffer, at: offset) } catch {
          failure = error
        }
        return failure.map { "\($0)" }
      }
    } catch {
      throw failure ?? ZipError.Cause(error)
    }
  }

  /// Takes the process that has decompressed members, so that it can read what is in them.
  ///
  /// - Returns: The process; `nil` if nothing was decompressed.
  package func takeProcess() -> SandboxedProcess? { decompressor.takeProcess() }
}

extension ZipError.Cause {
  fileprivate init(_ error: InflationError) {
    self =
      switch error {
      case .damaged(let reason): .damaged("its compressed data is invalid: \(reason)")
      case .truncated: .damaged("its compressed data is truncated")
      case .excess: .damaged("there is other data after its compressed data")
      case .unreadable(let reason): .damaged(reason)
      case .notStarted(let reason): .fileUnreadable(reason)
      }
  }
}
