internal import CHDF5

/// Strings of variable length to write.
struct StringTarget: ~Copyable {
  /// The datatype: null-terminated strings of variable length.
  let type: Handle
  private let strings: [ContiguousArray<CChar>]

  /// Checks and encodes strings.
  ///
  /// - Throws: ``HDF5Error`` if a string contains a zero byte, which would end it, or a character
  ///   that the character set does not contain.
  init(
    _ strings: [String], _ characterSet: ElementType.CharacterSet, _ attempt: Attempt
  ) throws(HDF5Error) {
    for string in strings {
      guard !string.utf8.contains(0) else {
        throw attempt.failure(.invalidValue("a string contains a zero byte"))
      }
      guard characterSet == .utf8 || string.utf8.allSatisfy({ $0 < 0x80 }) else {
        throw attempt.failure(.invalidValue("a string is not ASCII"))
      }
    }
    let type = try Handle(H5Tcopy(chdf5_c_string()), attempt)
    try attempt.call(H5Tset_size(type.id, chdf5_variable_length()))
    try attempt.call(
      H5Tset_cset(type.id, characterSet == .ascii ? H5T_CSET_ASCII : H5T_CSET_UTF8))
    self.type = type
    self.strings = strings.map { ContiguousArray($0.utf8CString) }
  }

  /// Calls `body` with a C array of pointers to the strings.
  func withPointers(
    _ body: (UnsafeRawPointer) throws(HDF5Error) -> Void
  ) throws(HDF5Error) {
    let pointers = UnsafeMutableBufferPointer<UnsafeMutablePointer<CChar>>.allocate(
      capacity: strings.count)
    for (index, string) in strings.enumerated() {
      let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: string.count)
      _ = unsafe copy.initialize(fromContentsOf: string)
      if let start = copy.baseAddress { unsafe pointers.initializeElement(at: index, to: start) }
    }
    defer {
      for index in strings.indices { unsafe pointers[index].deallocate() }
      unsafe pointers.deallocate()
    }
    if let start = UnsafeRawPointer(pointers.baseAddress) { try unsafe body(start) }
  }
}
