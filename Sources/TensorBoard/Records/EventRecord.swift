import Files

/// An event as a file stores it: with its length, and checksums of the length and of the event.
///
/// Source: tensorflow/core/lib/io/record_writer.h.
package enum EventRecord {
  /// The maximum length of an event that is read, in bytes.
  package static let maximumLength = 64 << 20

  /// The number of bytes before and after an event.
  private static let (headLength, tailLength) = (12, 4)

  /// Encodes an event.
  ///
  /// - Parameter event: The event.
  /// - Returns: The bytes of its record.
  package static func bytes(of event: Event) -> [UInt8] {
    let content = event.encoded
    let length = UInt64(content.count).littleEndianBytes
    return length + CRC32C.masked(length).littleEndianBytes + content
      + CRC32C.masked(content).littleEndianBytes
  }

  /// Reads the record at an offset.
  ///
  /// - Parameters:
  ///   - offset: The offset of the record.
  ///   - read: Returns so many bytes from an offset, fewer at the end of the file.
  /// - Returns: The event and the offset of the next record; `nil` if there is no further record,
  ///   or an incomplete or damaged one.
  /// - Throws: The error of `read`.
  package static func event<Failure: Error>(
    at offset: Int, _ read: (_ count: Int, _ offset: Int) throws(Failure) -> [UInt8]
  ) throws(Failure) -> (event: Event, end: Int)? {
    let head = try read(headLength, offset)
    guard head.count == headLength,
      UInt32(littleEndianBytes: head[8...]) == CRC32C.masked(head[..<8]),
      let count = Int(exactly: UInt64(littleEndianBytes: head[..<8])), count <= maximumLength
    else { return nil }
    let content = try read(count + tailLength, offset + headLength)
    guard content.count == count + tailLength,
      UInt32(littleEndianBytes: content[count...]) == CRC32C.masked(content[..<count]),
      let event = Event(decoding: content[..<count])
    else { return nil }
    return (event, offset + headLength + content.count)
  }
}
