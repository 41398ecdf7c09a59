public import HDF5

extension Dataset {
  /// Whether Keras has marked the elements, of two bytes each, as bfloat16.
  ///
  /// HDF5 1.10 does not support bfloat16: Keras stores opaque bytes and an attribute `dtype`.
  ///
  /// - Throws: `HDF5Error` if the attribute with the mark cannot be read, or elements of another
  ///   type have it.
  public var isMarkedBFloat16: Bool {
    get throws(HDF5Error) {
      let isMarked = try attribute("dtype") == .string("bfloat16")
      if case .opaque(bytes: 2, _) = elementType { return isMarked }
      guard !isMarked else {
        throw HDF5Error(
          operation: .read, file: nil, object: path,
          cause: .damaged("it is marked as bfloat16, but its elements are \(elementType)"))
      }
      return false
    }
  }

  /// Reads elements that Keras has marked as bfloat16.
  ///
  /// They are the upper halves of 32-bit floats, in little-endian order.
  ///
  /// - Parameter slices: The slice of each axis; `nil` for all elements.
  /// - Returns: The elements in row-major order.
  /// - Throws: `HDF5Error` if they cannot be read.
  public func readBFloat16(slices: [Slice]? = nil) throws(HDF5Error) -> [Float] {
    let bytes =
      if let slices, !shape.isEmpty { try readBytes(slices: slices) } else { try readBytes() }
    return (0..<bytes.count / 2).map { index in
      Float(bitPattern: UInt32(bytes[2 * index]) << 16 | UInt32(bytes[2 * index + 1]) << 24)
    }
  }

  /// The NumPy name of the element type: `bfloat16` also if Keras has marked it.
  ///
  /// - Returns: The name.
  /// - Throws: `HDF5Error` if the attribute with the mark cannot be read.
  public func elementTypeName() throws(HDF5Error) -> String {
    try isMarkedBFloat16 ? "bfloat16" : "\(elementType)"
  }
}
