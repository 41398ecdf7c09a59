internal import CHDF5

extension ElementType {
  /// Describes the datatype `type` of libhdf5; what it cannot name becomes ``other(_:)``.
  init(describing type: hid_t) {
    let size = H5Tget_size(type)
    switch H5Tget_class(type) {
    case H5T_FLOAT: self = .float(type, size: size)
    case H5T_INTEGER: self = .integer(type, size: size)
    case H5T_STRING: self = .string(type, size: size)
    case H5T_OPAQUE:
      var tag = ""
      if let text = H5Tget_tag(type) {
        tag = String(cString: text)
        H5free_memory(text)
      }
      self = .opaque(bytes: size, tag: tag)
    case H5T_COMPOUND: self = .other("compound of \(max(0, H5Tget_nmembers(type))) members")
    case H5T_ENUM: self = .other("enumeration of \(max(0, H5Tget_nmembers(type))) values")
    case H5T_ARRAY: self = .other("array of \(size) bytes")
    case H5T_VLEN: self = .other("sequence of any length")
    case H5T_REFERENCE: self = .other("reference")
    case H5T_BITFIELD: self = .other("bit field of \(size) bytes")
    case H5T_TIME: self = .other("time")
    default: self = .other("unknown type")
    }
  }

  private static func order(of type: hid_t, size: Int) -> ByteOrder? {
    switch H5Tget_order(type) {
    case H5T_ORDER_LE: .littleEndian
    case H5T_ORDER_BE: .bigEndian
    // A single byte has no order; some writers say so.
    case H5T_ORDER_NONE where size == 1: .littleEndian
    default: nil
    }
  }

  /// Whether the number fills its bytes: no padding bits before or after.
  private static func isWhole(_ type: hid_t, size: Int) -> Bool {
    H5Tget_offset(type) == 0 && H5Tget_precision(type) == size * 8
  }

  private static func float(_ type: hid_t, size: Int) -> ElementType {
    var (sign, exponent, exponentBits, mantissa, mantissaBits) = (0, 0, 0, 0, 0)
    guard
      H5Tget_fields(type, &sign, &exponent, &exponentBits, &mantissa, &mantissaBits) >= 0,
      let order = order(of: type, size: size)
    else { return .other("float of \(size) bytes") }
    let isIEEE =
      isWhole(type, size: size) && H5Tget_norm(type) == H5T_NORM_IMPLIED && sign == size * 8 - 1
      && mantissa == 0 && exponent == mantissaBits
      && H5Tget_ebias(type) == (1 << max(0, min(exponentBits - 1, 30))) - 1
    switch (isIEEE, size, exponentBits) {
    case (true, 2, 5): return .float16(order)
    case (true, 4, 8): return .float32(order)
    case (true, 8, 11): return .float64(order)
    default: return .other("float of \(size) bytes, \(exponentBits)-bit exponent")
    }
  }

  private static func integer(_ type: hid_t, size: Int) -> ElementType {
    guard
      [1, 2, 4, 8].contains(size), isWhole(type, size: size),
      let order = order(of: type, size: size)
    else { return .other("integer of \(size) bytes, \(H5Tget_precision(type)) bits") }
    switch H5Tget_sign(type) {
    case H5T_SGN_2: return .integer(bits: size * 8, signed: true, order)
    case H5T_SGN_NONE: return .integer(bits: size * 8, signed: false, order)
    default: return .other("integer of \(size) bytes with an unknown sign")
    }
  }

  private static func string(_ type: hid_t, size: Int) -> ElementType {
    let characterSet: CharacterSet
    switch H5Tget_cset(type) {
    case H5T_CSET_ASCII: characterSet = .ascii
    case H5T_CSET_UTF8: characterSet = .utf8
    default: return .other("string in an unknown character set")
    }
    let padding: Padding
    switch H5Tget_strpad(type) {
    case H5T_STR_NULLTERM: padding = .nullTerminated
    case H5T_STR_NULLPAD: padding = .nullPadded
    case H5T_STR_SPACEPAD: padding = .spacePadded
    default: return .other("string with unknown padding")
    }
    guard H5Tis_variable_str(type) > 0 else {
      return .fixedString(bytes: size, characterSet, padding)
    }
    // libhdf5 takes memory for the length of a string times the size of a character, whatever a damaged
    // file says that size is.
    let character = H5Tget_super(type)
    defer { if character >= 0 { H5Tclose(character) } }
    guard character >= 0, H5Tget_size(character) == 1 else {
      return .other("string of characters that are not bytes")
    }
    return .variableString(characterSet, padding)
  }
}
