import Files

/// Returns a text from outside with all characters escaped that could affect a terminal.
///
/// Control characters (C0, DEL, C1), line separators and the invisible characters that reorder or
/// hide text become `\n`, `\x1B` or `\u{202E}`. A backslash is not escaped, so that escaping twice
/// gives the same result. The result is for people and cannot be parsed.
///
/// - Parameter text: The text.
/// - Returns: The text on one line, with these characters escaped.
public func escaped(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
  var result = ""
  for scalar in text.unicodeScalars { append(scalar, to: &result) }
  return result
}

/// Returns bytes from outside as text, with all characters escaped that could affect a terminal.
///
/// In addition to ``escaped(_:)-(String)``, every byte that is not part of valid UTF-8 becomes
/// `\xFF`.
///
/// - Parameter bytes: The bytes, usually UTF-8.
/// - Returns: The text on one line, with these characters and bytes escaped.
public func escaped(_ bytes: some Sequence<UInt8>) -> String {
  let bytes = Array(bytes)
  var result = ""
  var position = 0
  while position < bytes.count {
    if let (scalar, length) = decodeScalar(bytes[position...]) {
      append(scalar, to: &result)
      position += length
    } else {
      result += hexadecimal(bytes[position])
      position += 1
    }
  }
  return result
}

/// Returns the first scalar of a slice and its length in bytes, or `nil` if it is not valid UTF-8.
private func decodeScalar(_ bytes: ArraySlice<UInt8>) -> (Unicode.Scalar, Int)? {
  guard let first = bytes.first else { return nil }
  let length: Int
  switch first {
  case 0x00...0x7F: length = 1
  case 0xC2...0xDF: length = 2
  case 0xE0...0xEF: length = 3
  case 0xF0...0xF4: length = 4
  default: return nil
  }
  // The standard library checks the other rules: continuation bytes, overlong forms, surrogates.
  guard let text = String(validating: bytes.prefix(length), as: UTF8.self),
    let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1
  else { return nil }
  return (scalar, length)
}

private func append(_ scalar: Unicode.Scalar, to result: inout String) {
  if let byte = PathText.byte(carriedBy: scalar) {
    result += hexadecimal(byte)
    return
  }
  switch scalar {
  case "\n": result += "\\n"
  case "\r": result += "\\r"
  case "\t": result += "\\t"
  case _ where !isUnsafe(scalar): result.unicodeScalars.append(scalar)
  case _ where scalar.isASCII: result += hexadecimal(UInt8(scalar.value))
  default: result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
  }
}

private func hexadecimal(_ byte: UInt8) -> String {
  let digits = String(byte, radix: 16, uppercase: true)
  return "\\x" + (digits.count < 2 ? "0" : "") + digits
}

/// Returns whether a scalar can move the cursor, break the line, or disguise text.
private func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x00...0x1F, 0x7F...0x9F: true  // C0, DEL, C1
  case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true  // bidirectional controls
  case 0x2028, 0x2029: true  // line and paragraph separator
  case 0x200B, 0x2060...0x2065, 0x206A...0x206F, 0xFEFF, 0xFFF9...0xFFFB: true  // invisible
  default: PathText.byte(carriedBy: scalar) != nil
  }
}
