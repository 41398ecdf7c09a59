internal import CHDF5
import Files
internal import Glibc

/// Reads the strings of a dataset or an attribute.
struct StringSource {
  /// The type of the strings: ``ElementType/fixedString(bytes:_:_:)`` or
  /// ``ElementType/variableString(_:_:)``.
  let elementType: ElementType
  /// The number of strings, at least 1.
  let count: Int
  /// Whether the strings are stored in the file.
  ///
  /// If not, they are the fill value.
  let isStored: Bool
  /// The maximum number of bytes of all strings.
  let byteLimit: Int
  /// The datatype in memory.
  let type: hid_t
  /// The dataspace.
  let space: hid_t

  /// Reads the strings.
  ///
  /// - Parameters:
  ///   - attempt: The operation.
  ///   - transfer: Reads all elements as a datatype into a buffer.
  /// - Returns: The strings without their padding.
  /// - Throws: ``HDF5Error`` if they have more than ``byteLimit`` bytes or are damaged.
  func read(
    _ attempt: Attempt, transfer: (hid_t, UnsafeMutableRawPointer) -> herr_t
  ) throws(HDF5Error) -> [String] {
    switch elementType {
    case .fixedString(let bytes, _, let padding):
      let buffer = try unsafe rawBytes(each: bytes, as: type, attempt, transfer)
      return (0..<count).map { index in
        StringSource.text(buffer[index * bytes..<(index + 1) * bytes], padding)
      }
    default:
      return try unsafe variable(attempt, transfer)
    }
  }

  private func variable(
    _ attempt: Attempt, _ transfer: (hid_t, UnsafeMutableRawPointer) -> herr_t
  ) throws(HDF5Error) -> [String] {
    if isStored {
      let probe = try VariableStringProbe.type(attempt)
      let entries = try unsafe rawBytes(
        each: VariableStringProbe.entrySize, as: probe.id, attempt, transfer)
      let length = VariableStringProbe.length(of: entries)
      guard length <= byteLimit else {
        throw attempt.failure(
          .tooLarge("strings of \(length) bytes, the limit is \(byteLimit)"))
      }
    }
    var pointers = unsafe [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    let status = unsafe pointers.withUnsafeMutableBytes { pointers in
      unsafe pointers.baseAddress.map { unsafe transfer(type, $0) } ?? 0
    }
    try attempt.call(failure: HDF5Error.Cause.damaged, status)
    defer {
      unsafe pointers.withUnsafeMutableBytes { pointers in
        _ = unsafe pointers.baseAddress.map { unsafe H5Dvlen_reclaim(type, space, 0, $0) }
      }
    }
    return unsafe pointers.map { pointer in
      unsafe pointer.map { pointer in
        unsafe String(validatingCString: pointer)
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
    return try unsafe [UInt8](count: total) { buffer throws(HDF5Error) in
      guard let address = buffer.baseAddress else { return }
      try unsafe attempt.call(
        failure: HDF5Error.Cause.damaged, transfer(type, UnsafeMutableRawPointer(address)))
    }
  }

  /// Returns the string in `bytes` without its padding.
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
  /// Returns the bytes without those at the end that equal `padding`.
  fileprivate func trimming(_ padding: UInt8) -> ArraySlice<UInt8> {
    prefix(upTo: (lastIndex { $0 != padding } ?? startIndex - 1) + 1)
  }
}
