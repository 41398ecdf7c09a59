import Preconditions
internal import CHDF5

extension ElementType {
  /// Creates the datatype of a number in little-endian order.
  ///
  /// - Precondition: The type is a float, or an integer of 8, 16, 32 or 64 bits.
  func makeType(_ attempt: Attempt) throws(HDF5Error) -> Handle {
    switch self {
    case .float16(.littleEndian): return try ElementType.makeFloat16(exponentBits: 5, attempt)
    case .bfloat16(.littleEndian): return try ElementType.makeFloat16(exponentBits: 8, attempt)
    case .float32(.littleEndian): return try Handle(H5Tcopy(chdf5_float32_le()), attempt)
    case .float64(.littleEndian): return try Handle(H5Tcopy(chdf5_float64_le()), attempt)
    case .integer(let bits, let isSigned, .littleEndian) where [8, 16, 32, 64].contains(bits):
      let widest = isSigned ? chdf5_int64_le() : chdf5_uint64_le()
      let type = try Handle(H5Tcopy(widest), attempt)
      try attempt.call(H5Tset_size(type.id, bits / 8))
      return type
    default: fail("The type must be a number in little-endian order, but is \(self).")
    }
  }

  private static func makeFloat16(
    exponentBits: Int, _ attempt: Attempt
  ) throws(HDF5Error) -> Handle {
    let type = try Handle(H5Tcopy(chdf5_float32_le()), attempt)
    let mantissaBits = 15 - exponentBits
    try attempt.call(H5Tset_fields(type.id, 15, mantissaBits, exponentBits, 0, mantissaBits))
    try attempt.call(H5Tset_size(type.id, 2))
    try attempt.call(H5Tset_ebias(type.id, 1 << (exponentBits - 1) - 1))
    return type
  }
}
