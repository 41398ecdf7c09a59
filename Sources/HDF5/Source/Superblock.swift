public import Files

/// The superblock of an HDF5 file: the header that says where the file begins and ends.
///
/// It is read before libhdf5 reads it, to distinguish a truncated file from one that is not HDF5.
public struct Superblock: Equatable, Sendable {
  /// The version of the superblock, 0 to 3.
  ///
  /// Every reader supports 0.
  public let version: Int
  /// The size of the user block before the HDF5 data in bytes; 0 if there is none.
  public let userBlockSize: Int
  /// The end of the HDF5 data, in bytes from the start of the file.
  ///
  /// HDF5 readers ignore the bytes after it.
  public let endOfFile: Int

  /// The first bytes of every superblock.
  public static let signature = FileFormat.hdf5

  /// The number of bytes that ``init(bytes:at:fileSize:)`` needs at most.
  static let headSize = 64

  /// Returns the next offset where the signature may be: 0, 512, 1024, 2048 and so on.
  static func offset(after offset: Int) -> Int {
    offset == 0 ? 512 : offset * 2
  }

  /// Finds the superblock at one of the offsets that the format allows.
  ///
  /// - Parameter source: The file.
  /// - Returns: The superblock.
  /// - Throws: The cause if there is none, or the file is truncated or cannot be read.
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
      // The file ends within the signature.
      if offset == 0, signature.starts(with: head) {
        throw .truncated(bytes: fileSize, expected: nil)
      }
      offset = self.offset(after: offset)
    }
    throw .notHDF5
  }

  /// Parses a superblock.
  ///
  /// The corresponding specification is "HDF5 File Format Specification Version 3.0", II.A.
  ///
  /// - Parameters:
  ///   - bytes: Up to ``headSize`` bytes of the file, starting with the signature.
  ///   - offset: The offset of the first of them in the file.
  ///   - fileSize: The size of the file in bytes.
  /// - Throws: The cause if the superblock is truncated or its numbers are impossible.
  init(bytes: [UInt8], at offset: Int, fileSize: Int) throws(HDF5Error.Cause) {
    let cutOff = HDF5Error.Cause.truncated(bytes: fileSize, expected: nil)
    guard bytes.count > 16 else { throw cutOff }
    let version = Int(bytes[8])
    let (addressSize, base): (Int, Int)
    switch version {
    case 0, 1:
      // The fixed part is followed by the base, free space and end-of-file addresses.
      addressSize = Int(bytes[13])
      base = version == 0 ? 24 : 28
    case 2, 3:
      // The fixed part is followed by the base, extension and end-of-file addresses.
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
    // A file that was copied into another one, such as an archive, still has its old base address.
    // All addresses are relative to it, so libhdf5 can read the file.
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
