internal import CHDF5

/// A look at the lengths of variable-length strings before any of them is read.
///
/// A file holds such a string as 16 bytes: its length, and its place in a heap. libhdf5 takes memory
/// for the length as it stands, up to 4 GiB for one string of a file of a few kilobytes. There is no
/// call that tells the lengths, but a conversion of our own, to an opaque type, gets to see them.
enum VariableStringProbe {
  /// The size of one string's entry in a file whose addresses have 8 bytes.
  static let entrySize = 16

  private static let tag = "cairn: the entry of a variable-length string"

  /// The type as which the entries are read.
  static func type(_ attempt: Attempt) throws(HDF5Error) -> Handle {
    let type = try Handle(H5Tcreate(H5T_OPAQUE, entrySize), attempt)
    try attempt.call(H5Tset_tag(type.id, tag))
    return type
  }

  /// Makes libhdf5 know the conversion.
  static func register() {
    let string = H5Tcopy(chdf5_c_string())
    let entry = H5Tcreate(H5T_OPAQUE, entrySize)
    H5Tset_size(string, chdf5_variable_length())
    H5Tset_tag(entry, tag)
    H5Tregister(
      H5T_PERS_SOFT, "string entries", string, entry,
      { source, target, state, _, _, _, _, _, _ in
        guard state?.pointee.command == H5T_CONV_INIT else { return 0 }
        // The bytes stay as they are, if these are the types it is made for.
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

  /// The sum of the lengths in `entries`.
  static func length(of entries: [UInt8]) -> Int {
    var sum = 0
    for start in stride(from: 0, to: entries.count, by: entrySize) {
      // The length is in the first four bytes, little endian whatever the machine.
      sum += entries[start..<start + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    return sum
  }
}
