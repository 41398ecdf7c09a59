internal import CHDF5
import Files
internal import Glibc

/// The strings of a dataset or an attribute.
struct StringSource {
  /// The type of the strings, which must be one.
  let elementType: ElementType
  /// The number of strings, more than 0.
  let count: Int
  /// Whether they are in the file at all, and not just a fill value.
  let isStored: Bool
  /// The most bytes they may take.
  let byteLimit: Int
  /// The datatype, as libhdf5 gives it for use in memory.
  let type: hid_t
  /// The dataspace.
  let space: hid_t

  /// Reads the strings.
  ///
  /// - Parameters:
  ///   - attempt: What is being tried.
  ///   - transfer: Reads all elements as the given datatype to the given place.
  /// - Returns: The strings without their padding.
  /// - Throws: ``HDF5Error`` if they take more than ``byteLimit`` or are damaged.
  func read(
    _ attempt: Attempt, transfer: (hid_t, UnsafeMutableRawPointer) -> herr_t
  ) throws(HDF5Error) -> [String] {
    switch elementType {
    case .fixedString(let bytes, _, let padding):
      let buffer = try rawBytes(each: bytes, as: type, attempt, transfer)
      return (0..<count).map { index in
        StringSource.text(buffer[index * bytes..<(index + 1) * bytes], padding)
      }
    default:
      return try variable(attempt, transfer)
    }
  }

  private func variable(
    _ attempt: Attempt, _ transfer: (hid_t, UnsafeMutableRawPointer) -> herr_t
  ) throws(HDF5Error) -> [String] {
    if isStored {
      let probe = try VariableStringProbe.type(attempt)
      let entries = try rawBytes(
        each: VariableStringProbe.entrySize, as: probe.id, attempt, transfer)
      let length = VariableStringProbe.length(of: entries)
      guard length <= byteLimit else {
        throw attempt.failure(
          .tooLarge("strings of \(length) bytes, the limit is \(byteLimit)"))
      }
    }
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    let status = pointers.withUnsafeMutableBytes { pointers in
      pointers.baseAddress.map { transfer(type, $0) } ?? 0
    }
    guard status >= 0 else {
      throw attempt.failure(.damaged(ErrorStack.innermostSentence()))
    }
    defer {
      pointers.withUnsafeMutableBytes { pointers in
        _ = pointers.baseAddress.map { H5Dvlen_reclaim(type, space, 0, $0) }
      }
    }
    return pointers.map { pointer in
      pointer.map { pointer in
        String(validatingCString: pointer)
          ?? PathText.text(
            of: UnsafeRawBufferPointer(start: pointer, count: strlen(pointer)))
      } ?? ""
    }
  }

  private func rawBytes(
    each bytes: Int, as type: hid_t, _ attempt: Attempt,
    _ transfer: (hid_t, UnsafeMutableRawPointer) -> herr_t
  ) throws(HDF5Error) -> [UInt8] {
    let total = [count, bytes].checkedProduct ?? .max
    guard total <= byteLimit else {
      throw attempt.failure(.tooLarge("\(total) bytes, the limit is \(byteLimit)"))
    }
    var status: herr_t = 0
    let buffer = [UInt8](unsafeUninitializedCapacity: total) { buffer, initialized in
      guard let address = buffer.baseAddress else { return }
      status = transfer(type, UnsafeMutableRawPointer(address))
      initialized = status < 0 ? 0 : total
    }
    guard status >= 0 else {
      throw attempt.failure(.damaged(ErrorStack.innermostSentence()))
    }
    return buffer
  }

  /// The string in `bytes`.
  private static func text(_ bytes: ArraySlice<UInt8>, _ padding: ElementType.Padding) -> String {
    switch padding {
    case .nullTerminated:
      PathText.text(of: bytes.prefix { $0 != 0 })
    case .nullPadded:
      PathText.text(of: bytes.trimming(0))
    case .spacePadded:
      PathText.text(of: bytes.trimming(UInt8(ascii: " ")))
    }
  }
}

extension ArraySlice<UInt8> {
  /// The bytes without the ones at the end that equal `padding`.
  fileprivate func trimming(_ padding: UInt8) -> ArraySlice<UInt8> {
    prefix(upTo: (lastIndex { $0 != padding } ?? startIndex - 1) + 1)
  }
}
