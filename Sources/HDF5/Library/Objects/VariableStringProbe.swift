internal import CHDF5

/// Reads the lengths of variable-length strings before the strings themselves.
///
/// A file stores such a string as 16 bytes: its length and its position in a heap. libhdf5
/// allocates memory for the stored length, up to 4 GiB for one string in a file of a few kilobytes.
/// No function returns the lengths, but a registered conversion to an opaque type gets these 16
/// bytes.
enum VariableStringProbe {
  /// The size of one string's entry in bytes, in a file with addresses of 8 bytes.
  static let entrySize = 16

  private static let tag = "cairn: the entry of a variable-length string"

  /// Creates the opaque type that the entries are read as.
  static func type(_ attempt: Attempt) throws(HDF5Error) -> Handle {
    let type = try Handle(H5Tcreate(H5T_OPAQUE, entrySize), attempt)
    try unsafe attempt.call(H5Tset_tag(type.id, tag))
    return type
  }

  /// Registers the conversion.
  static func register() {
    let string = H5Tcopy(chdf5_c_string())
    let entry = H5Tcreate(H5T_OPAQUE, entrySize)
    H5Tset_size(string, chdf5_variable_length())
    unsafe H5Tset_tag(entry, tag)
    unsafe H5Tregister(
      H5T_PERS_SOFT, "string entries", string, entry,
      { source, target, state, _, _, _, _, _, _ in
        guard unsafe state?.pointee.command == H5T_CONV_INIT else { return 0 }
        // The conversion keeps the bytes. It accepts only these two types.
        guard
          H5Tget_size(source) == VariableStringProbe.entrySize,
          H5Tget_size(target) == VariableStringProbe.entrySize,
          H5Tis_variable_str(source) > 0,
          case .opaque(_, VariableStringProbe.tag) = ElementType(describing: target)
        else { return -1 }
        return 0
      })
    H5Tclose(string)
    H5Tclose(entry)
  }

  /// Returns the sum of the lengths in `entries`.
  static func length(of entries: [UInt8]) -> Int {
    var sum = 0
    for start in stride(from: 0, to: entries.count, by: entrySize) {
      // The length is in the first four bytes, little-endian on every machine.
      sum += entries[start..<start + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    return sum
  }
}
