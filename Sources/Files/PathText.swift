/// Paths as text that keeps every byte.
///
/// The system's paths are bytes, and `String` holds UTF-8 only. A byte that is not part of valid
/// UTF-8 is carried by a private-use character, U+10F780 for 0x80 to U+10F7FF for 0xFF. Those
/// characters themselves, should a name contain one, are carried byte by byte too, so that the way
/// there and back gives the same bytes for every path.
public enum PathText {
  /// The scalar that carries the byte 0.
  private static let base: UInt32 = 0x10F700

  /// Returns the text that carries the bytes of a path.
  ///
  /// - Parameter bytes: The bytes without a zero at the end, UTF-8 or not.
  /// - Returns: The same text for UTF-8, otherwise one that carries the other bytes.
  public static func text(of bytes: some Collection<UInt8>) -> String {
    if let text = String(validating: bytes, as: UTF8.self), !carriesBytes(text) { return text }
    var result = String.UnicodeScalarView()
    var rest = Array(bytes)[...]
    while let first = rest.first {
      let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
      if let scalars = String(validating: rest.prefix(length), as: UTF8.self)?.unicodeScalars,
        let scalar = scalars.first, scalars.count == 1, byte(carriedBy: scalar) == nil
      {
        result.append(scalar)
        rest = rest.dropFirst(length)
      } else if let carrier = Unicode.Scalar(base + UInt32(first)) {
        result.append(carrier)
        rest = rest.dropFirst()
      }
    }
    return String(result)
  }

  /// Returns the bytes that a text carries, without a zero at the end.
  ///
  /// - Parameter text: A path.
  /// - Returns: The path as the system takes it.
  public static func bytes(of text: String) -> [UInt8] {
    guard carriesBytes(text) else { return Array(text.utf8) }
    return text.unicodeScalars.flatMap { scalar in
      byte(carriedBy: scalar).map { [$0] } ?? Array(String(scalar).utf8)
    }
  }

  /// Returns a path to be shown or stored as text: carried bytes are spelled out as `\xFF`.
  ///
  /// - Parameter text: A path, or a text that contains one.
  /// - Returns: Valid UTF-8 without carried bytes.
  public static func printable(_ text: String) -> String {
    guard carriesBytes(text) else { return text }
    return text.unicodeScalars.map { scalar in
      guard let byte = byte(carriedBy: scalar) else { return String(scalar) }
      return "\\x" + String(byte, radix: 16, uppercase: true)
    }.joined()
  }

  /// Returns the byte that a scalar carries, if it carries one.
  ///
  /// - Parameter scalar: A scalar of a path.
  /// - Returns: The byte, from 0x80, or `nil`.
  public static func byte(carriedBy scalar: Unicode.Scalar) -> UInt8? {
    (base + 0x80...base + 0xFF).contains(scalar.value) ? UInt8(scalar.value - base) : nil
  }

  private static func carriesBytes(_ text: String) -> Bool {
    // All carriers begin with this byte of UTF-8; ordinary names do not contain it.
    text.utf8.contains(0xF4) && text.unicodeScalars.contains { byte(carriedBy: $0) != nil }
  }
}
