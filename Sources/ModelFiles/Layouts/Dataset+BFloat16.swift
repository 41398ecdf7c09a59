package import HDF5

extension Dataset {
  /// Reads elements that Keras has marked as bfloat16.
  ///
  /// They are the upper halves of 32-bit floats, in little-endian order.
  ///
  /// - Parameter slices: The slice of each axis; `nil` for all elements.
  /// - Returns: The elements in row-major order.
  /// - Throws: ``HDF5Error`` if they cannot be read.
  package func readBFloat16(slices: [Slice]? = nil) throws(HDF5Error) -> [Float] {
    let bytes =
      if let slices, !shape.isEmpty { try readBytes(slices: slices) } else { try readBytes() }
    return (0..<bytes.count / 2).map { index in
      Float(bitPattern: UInt32(bytes[2 * index]) << 16 | UInt32(bytes[2 * index + 1]) << 24)
    }
  }

  /// The name of the element type: `bfloat16` if Keras has marked it.
  ///
  /// - Returns: The name.
  /// - Throws: ``HDF5Error`` if the attribute with the mark cannot be read.
  package func elementTypeName() throws(HDF5Error) -> String {
    try StoredVariable.isBFloat16(self) ? "bfloat16" : "\(elementType)"
  }
}
