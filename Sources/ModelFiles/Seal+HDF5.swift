public import CheckpointStore
public import Files
public import HDF5

extension Seal {
  /// Finds the seal of an HDF5 file, and compares it with the header of the file.
  ///
  /// - Parameter source: The file.
  /// - Returns: The result; of the payload, only the header is read.
  /// - Throws: The cause, if the file cannot be read or is not HDF5.
  package static func find(inHDF5 source: any FileSource) throws(HDF5Error.Cause) -> Finding {
    let finding: Finding
    do throws(FileError) { finding = try find(in: source) } catch { throw HDF5Error.Cause(error) }
    switch finding {
    case .broken: return finding
    case .unsealed:
      let rest = source.size - (try Superblock.find(in: source).endOfFile)
      return rest == 0
        ? .unsealed : .broken(reason: "the \(rest) bytes after its end are not a seal")
    case .sealed(let seal):
      guard let superblock = try? Superblock.find(in: source), superblock.userBlockSize == 0,
        superblock.endOfFile == seal.payloadSize
      else { return .broken(reason: "its header has changed since it was sealed") }
      return .sealed(seal)
    }
  }
}

extension SealCheck {
  /// Reads a complete HDF5 file and verifies it against its seal.
  ///
  /// - Parameter source: The file.
  /// - Throws: The cause, if the file cannot be read or is not HDF5.
  public init(ofHDF5 source: any FileSource) throws(HDF5Error.Cause) {
    let finding = try Seal.find(inHDF5: source)
    do throws(FileError) { try self.init(of: source, finding) } catch {
      throw HDF5Error.Cause(error)
    }
  }
}
