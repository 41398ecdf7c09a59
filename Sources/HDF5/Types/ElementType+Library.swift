internal import CHDF5
import Files
internal import Glibc

extension ElementType {
  /// The maximum number of members of a compound or enumeration type that are listed.
  private static let shownMembers = 8
  /// The maximum depth of nested types.
  private static let depth = 8

  /// Describes a datatype of libhdf5.
  ///
  /// A type without a case of its own becomes ``other(_:)``.
  init(describing type: hid_t) { self.init(describing: type, depth: ElementType.depth) }

  /// Returns whether an element consists only of its own bytes, without references or strings of
  /// variable length.
  static func isPlain(_ type: hid_t, depth: Int = ElementType.depth) -> Bool {
    guard depth > 0 else { return false }
    switch H5Tget_class(type) {
    case H5T_COMPOUND:
      return (0..<UInt32(max(0, H5Tget_nmembers(type)))).allSatisfy { index in
        with(H5Tget_member_type(type, index)) { isPlain($0, depth: depth - 1) } ?? false
      }
    case H5T_ARRAY, H5T_ENUM:
      return with(H5Tget_super(type)) { isPlain($0, depth: depth - 1) } ?? false
    case H5T_STRING: return H5Tis_variable_str(type) == 0
    case H5T_FLOAT, H5T_INTEGER, H5T_OPAQUE, H5T_BITFIELD, H5T_TIME: return true
    default: return false
    }
  }

  private init(describing type: hid_t, depth: Int) {
    guard depth > 0 else {
      self = .other("a type that is nested too deeply")
      return
    }
    let size = H5Tget_size(type)
    switch H5Tget_class(type) {
    case H5T_FLOAT: self = .float(type, size: size)
    case H5T_INTEGER: self = .integer(type, size: size)
    case H5T_STRING: self = .string(type, size: size)
    case H5T_OPAQUE:
      var tag = ""
      if let text = unsafe H5Tget_tag(type) {
        tag = unsafe String(cString: text)
        unsafe H5free_memory(text)
      }
      self = .opaque(bytes: size, tag: tag)
    case H5T_COMPOUND: self = .compound(type, depth: depth)
    case H5T_ENUM: self = .enumeration(type, size: size)
    case H5T_ARRAY:
      var dimensions = [hsize_t](repeating: 0, count: Int(H5S_MAX_RANK))
      let rank = unsafe max(0, H5Tget_array_dims2(type, &dimensions))
      let shape = dimensions.prefix(Int(rank)).map(String.init).joined(separator: "x")
      self = .other("array of \(shape) \(ElementType.superType(type, depth))")
    case H5T_VLEN:
      self = .other("variable-length sequence of \(ElementType.superType(type, depth))")
    // In files of version 1.10, a region reference is longer than an object reference.
    case H5T_REFERENCE: self = .other(size == 8 ? "object reference" : "region reference")
    case H5T_BITFIELD: self = .other("bit field of \(size) bytes")
    case H5T_TIME: self = .other("time")
    default: self = .other("unknown type")
    }
  }

  /// Calls `body` with a type and closes the type; returns nil if the type is invalid.
  private static func with<Result>(_ type: hid_t, _ body: (hid_t) -> Result) -> Result? {
    guard type >= 0 else { return nil }
    defer { H5Tclose(type) }
    return body(type)
  }

  private static func superType(_ type: hid_t, _ depth: Int) -> String {
    with(H5Tget_super(type)) { "\(ElementType(describing: $0, depth: depth - 1))" }
      ?? "unknown type"
  }

  /// Returns the names of the first members of a type.
  private static func memberNames(_ type: hid_t) -> [String] {
    let count = Int(max(0, H5Tget_nmembers(type)))
    let names = (0..<min(count, shownMembers)).map { index in
      guard let name = unsafe H5Tget_member_name(type, UInt32(index)) else { return "?" }
      defer { unsafe H5free_memory(name) }
      return unsafe PathText.text(
        of: UnsafeRawBufferPointer(start: name, count: strnlen(name, Limits.nameBytes)))
    }
    return names
  }

  private static func compound(_ type: hid_t, depth: Int) -> ElementType {
    let names = memberNames(type)
    let types = names.indices.map { index in
      with(H5Tget_member_type(type, UInt32(index))) {
        ElementType(describing: $0, depth: depth - 1)
      }
        ?? .other("unknown type")
    }
    // h5py and numpy write complex numbers in this way.
    if names == ["r", "i"], types[0] == types[1], H5Tget_nmembers(type) == 2 {
      switch types[0] {
      case .float32(let order): return .other("complex64\(order.suffix)")
      case .float64(let order): return .other("complex128\(order.suffix)")
      default: break
      }
    }
    let rest = Int(max(0, H5Tget_nmembers(type))) - names.count
    let members =
      zip(names, types).map { "\($0): \($1)" } + (rest > 0 ? ["and \(rest) more"] : [])
    return .other("compound {\(members.joined(separator: ", "))}")
  }

  private static func enumeration(_ type: hid_t, size: Int) -> ElementType {
    guard
      case .integer(let bits, let signed, _)? = with(
        H5Tget_super(type), { ElementType.integer($0, size: size) })
    else { return .other("enum of \(size) bytes") }
    let names = memberNames(type)
    let rest = Int(max(0, H5Tget_nmembers(type))) - names.count
    return .enumeration(
      bits: bits, signed: signed, names: names + (rest > 0 ? ["and \(rest) more"] : []))
  }

  private static func order(of type: hid_t, size: Int) -> ByteOrder? {
    switch H5Tget_order(type) {
    case H5T_ORDER_LE: .littleEndian
    case H5T_ORDER_BE: .bigEndian
    // A single byte has no byte order, and some writers store it so.
    case H5T_ORDER_NONE where size == 1: .littleEndian
    default: nil
    }
  }

  /// Returns whether the number uses all bits of its bytes, without padding.
  private static func isWhole(_ type: hid_t, size: Int) -> Bool {
    H5Tget_offset(type) == 0 && H5Tget_precision(type) == size * 8
  }

  private static func float(_ type: hid_t, size: Int) -> ElementType {
    var (sign, exponent, exponentBits, mantissa, mantissaBits) = (0, 0, 0, 0, 0)
    guard
      unsafe H5Tget_fields(type, &sign, &exponent, &exponentBits, &mantissa, &mantissaBits) >= 0,
      let order = order(of: type, size: size)
    else { return .other("float of \(size) bytes") }
    let isIEEE =
      isWhole(type, size: size) && H5Tget_norm(type) == H5T_NORM_IMPLIED && sign == size * 8 - 1
      && mantissa == 0 && exponent == mantissaBits
      && H5Tget_ebias(type) == (1 << max(0, min(exponentBits - 1, 30))) - 1
    switch (isIEEE, size, exponentBits) {
    case (true, 2, 5): return .float16(order)
    case (true, 2, 8): return .bfloat16(order)
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
    // libhdf5 allocates the length of a string times the size of a character, which a damaged file
    // can make huge.
    let character = H5Tget_super(type)
    defer { if character >= 0 { H5Tclose(character) } }
    guard character >= 0, H5Tget_size(character) == 1 else {
      return .other("string of characters that are not bytes")
    }
    return .variableString(characterSet, padding)
  }
}
