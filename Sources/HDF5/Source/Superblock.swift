public import Files

/// The header of an HDF5 file, as far as it says where the file begins and ends.
///
/// libhdf5 reads it too; reading it first tells a truncated file from one that is not HDF5 at all.
public struct Superblock: Equatable, Sendable {
  /// The version of the header's format: 0 in files that every reader opens, up to 3.
  public let version: Int
  /// The number of bytes before the HDF5 data proper: 0, or the size of a user block.
  public let userBlockSize: Int
  /// The address of the first byte after the HDF5 data, counted from the start of the file.
  ///
  /// Bytes from here on are ignored by every HDF5 reader.
  public let endOfFile: Int

  /// The first bytes of every header.
  public static let signature = FileFormat.hdf5

  /// The bytes that are enough for ``init(bytes:at:fileSize:)``.
  static let headSize = 64

  /// The next place to look for the signature after `offset`: 0, 512, 1024, 2048 and so on.
  static func offset(after offset: Int) -> Int {
    offset == 0 ? 512 : offset * 2
  }

  /// Looks for the header where a file may have it.
  ///
  /// - Parameter source: The file.
  /// - Returns: The header.
  /// - Throws: The cause, when there is none, the file is cut off or cannot be read.
  public static func find(
    in source: any FileSource
  ) throws(HDF5Error.Cause) -> Superblock {
    let fileSize = source.size
    guard fileSize > 0 else { throw .emptyFile }
    var offset = 0
    while offset < fileSize {
      let head: [UInt8]
      do throws(FileError) { head = try source.bytes(headSize, at: offset) } catch {
        throw HDF5Error.Cause(error)
      }
      if head.starts(with: signature) {
        return try Superblock(bytes: head, at: offset, fileSize: fileSize)
      }
      // Cut off within the signature itself.
      if offset == 0, signature.starts(with: head) {
        throw .truncated(bytes: fileSize, expected: nil)
      }
      offset = self.offset(after: offset)
    }
    throw .notHDF5
  }

  /// Reads the header whose signature has been found.
  ///
  /// The corresponding specification is "HDF5 File Format Specification Version 3.0", II.A.
  ///
  /// - Parameters:
  ///   - bytes: Up to ``headSize`` bytes of the file, the signature first.
  ///   - offset: Where in the file they begin.
  ///   - fileSize: The size of the file.
  /// - Throws: The cause, when the header is cut off or its numbers are impossible.
  init(bytes: [UInt8], at offset: Int, fileSize: Int) throws(HDF5Error.Cause) {
    let cutOff = HDF5Error.Cause.truncated(bytes: fileSize, expected: nil)
    guard bytes.count > 16 else { throw cutOff }
    let version = Int(bytes[8])
    let (addressSize, base): (Int, Int)
    switch version {
    case 0, 1:
      // After the fixed part: base, free space and end-of-file address.
      addressSize = Int(bytes[13])
      base = version == 0 ? 24 : 28
    case 2, 3:
      // Base, superblock extension and end-of-file address.
      addressSize = Int(bytes[9])
      base = 12
    default:
      throw .damaged("version \(version) of the header is unknown")
    }
    guard [2, 4, 8].contains(addressSize) else {
      throw .damaged("the header gives addresses of \(addressSize) bytes")
    }
    guard base + 3 * addressSize <= bytes.count else { throw cutOff }
    func address(_ start: Int) -> UInt64 {
      UInt64(littleEndianBytes: bytes[start..<start + addressSize])
    }
    // A file that was put into another one as it is, such as an archive, still gives the base that
    // it had; every address in it is moved by as much, and libhdf5 reads it so.
    let (length, isNegative) = address(base + 2 * addressSize)
      .subtractingReportingOverflow(address(base))
    guard !isNegative, length > 0, let length = Int(exactly: length),
      case let (endOfFile, overflow) = length.addingReportingOverflow(offset), !overflow
    else { throw .damaged("the header gives an impossible end of file") }
    guard endOfFile <= fileSize else {
      throw .truncated(bytes: fileSize, expected: endOfFile)
    }
    self.version = version
    self.userBlockSize = offset
    self.endOfFile = endOfFile
  }
}
