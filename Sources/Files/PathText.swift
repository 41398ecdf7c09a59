/// Converts paths, which may be invalid UTF-8, to strings and back without loss.
///
/// A byte that is not part of valid UTF-8 is represented by a private-use character, U+10F780 for
/// 0x80 to U+10F7FF for 0xFF. If a path contains one of these characters, each of its bytes is
/// represented in the same way, so that the conversion back gives the same bytes for every path.
public enum PathText {
  /// The scalar that would represent the byte 0.
  private static let base: UInt32 = 0x10F700

  /// Converts the bytes of a path to a string.
  ///
  /// - Parameter bytes: The bytes without a zero at the end.
  /// - Returns: The string, in which private-use characters represent bytes that are not UTF-8.
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

  /// Converts a path to the bytes for the system.
  ///
  /// - Parameter text: The path.
  /// - Returns: The bytes without a zero at the end.
  public static func bytes(of text: String) -> [UInt8] {
    guard carriesBytes(text) else { return Array(text.utf8) }
    return text.unicodeScalars.flatMap { scalar in
      byte(carriedBy: scalar).map { [$0] } ?? Array(String(scalar).utf8)
    }
  }

  /// Converts a path to text for output, where bytes that are not UTF-8 become `\xFF`.
  ///
  /// - Parameter text: A path, or a text that contains one.
  /// - Returns: The text without the private-use characters.
  public static func printable(_ text: String) -> String {
    guard carriesBytes(text) else { return text }
    return text.unicodeScalars.map { scalar in
      guard let byte = byte(carriedBy: scalar) else { return String(scalar) }
      return "\\x" + String(byte, radix: 16, uppercase: true)
    }.joined()
  }

  /// Returns the byte that a scalar represents.
  ///
  /// - Parameter scalar: A scalar of a path.
  /// - Returns: The byte, at least 0x80; `nil` for an ordinary character.
  public static func byte(carriedBy scalar: Unicode.Scalar) -> UInt8? {
    (base + 0x80...base + 0xFF).contains(scalar.value) ? UInt8(scalar.value - base) : nil
  }

  private static func carriesBytes(_ text: String) -> Bool {
    // The UTF-8 of these characters begins with 0xF4, which is rare in other names.
    text.utf8.contains(0xF4) && text.unicodeScalars.contains { byte(carriedBy: $0) != nil }
  }
}
