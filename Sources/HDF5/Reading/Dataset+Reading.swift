internal import CHDF5
import Files

extension Dataset {
  /// Reads the whole dataset, converting its elements.
  ///
  /// Floating-point numbers of any width and byte order are read as `Float` or `Double`; a value
  /// that is too large for `Float` becomes infinite. Integers are read as any number type, but
  /// never truncated: a value that does not fit is an error. Elements of the same type are copied
  /// bit for bit. The corresponding C function is `H5Dread`.
  ///
  /// - Parameter type: The type of the result's elements.
  /// - Returns: The elements in C order: the last dimension varies fastest.
  /// - Throws: ``HDF5Error`` if the elements are not numbers of this kind, the dataset is larger
  ///   than the limits, its storage is not allowed (see ``HDF5Error/Cause/notAllowed(_:)``), or it
  ///   is damaged.
  public func read<Element: DatasetElement>(
    as type: Element.Type
  ) throws(HDF5Error) -> [Element] {
    try library.withLock(try read(as: type, of: nil))
  }

  /// Reads the whole dataset into a buffer of the caller, without a copy in between.
  ///
  /// Converts as ``read(as:)`` does.
  ///
  /// - Parameter buffer: The buffer for the elements, with room for exactly ``count`` elements.
  /// - Throws: ``HDF5Error`` as ``read(as:)``, and if the count is not that of `buffer`.
  public func read<Element: DatasetElement>(
    into buffer: UnsafeMutableBufferPointer<Element>
  ) throws(HDF5Error) {
    try library.withLock { () throws(HDF5Error) in
      let count = try checkedCount(as: Element.self, of: count)
      guard count == buffer.count else {
        throw object.attempt(.read).failure(
          .mismatch(expected: "\(buffer.count) elements", found: "\(count) elements"))
      }
      try unsafe read(into: buffer, from: 0, to: 0)
    }
  }

  /// Reads a part of the dataset, converting its elements as ``read(as:)`` does.
  ///
  /// The corresponding C function is `H5Sselect_hyperslab`.
  ///
  /// - Parameters:
  ///   - type: The type of the result's elements.
  ///   - slices: The slice of each dimension.
  /// - Returns: The elements in C order: the last dimension varies fastest.
  /// - Throws: ``HDF5Error`` as ``read(as:)``, and if the number of slices is not the number of
  ///   dimensions or a slice is out of bounds. The limit of bytes applies to the part.
  public func read<Element: DatasetElement>(
    as type: Element.Type, slices: [Slice]
  ) throws(HDF5Error) -> [Element] {
    try library.withLock(try read(as: type, of: slices))
  }

  /// Reads a range of rows of the dataset, converting its elements as ``read(as:)`` does.
  ///
  /// A dataset larger than memory can be read in several parts.
  ///
  /// - Parameters:
  ///   - rows: The indices of the first dimension.
  ///   - type: The type of the result's elements.
  /// - Returns: The elements in C order: the last dimension varies fastest.
  /// - Throws: ``HDF5Error`` as ``read(as:)``, and if the range is out of bounds.
  public func readRows<Element: DatasetElement>(
    _ rows: Range<Int>, as type: Element.Type
  ) throws(HDF5Error) -> [Element] {
    guard !shape.isEmpty else {
      throw object.attempt(.read).failure(.outOfBounds("a scalar has no rows"))
    }
    return try read(as: type, slices: [Slice(rows)] + shape.dropFirst().map { Slice(0..<$0) })
  }

  /// Reads the whole dataset as strings.
  ///
  /// - Returns: The strings without their padding, in C order.
  /// - Throws: ``HDF5Error`` if the elements are not strings, or as ``read(as:)``.
  public func readStrings() throws(HDF5Error) -> [String] {
    try library.withLock { () throws(HDF5Error) in
      let attempt = object.attempt(.read)
      guard elementType.isString else {
        throw attempt.failure(.mismatch(expected: "strings", found: "\(elementType)"))
      }
      let count = try checkedCount(bytesPerElement: elementSize, of: count)
      guard count > 0 else { return [] }
      let id = object.handle.id
      let type = try Handle(H5Dget_type(id), attempt)
      let space = try Handle(H5Dget_space(id), attempt)
      let source = StringSource(
        elementType: elementType, count: count, isStored: storageSize > 0,
        byteLimit: object.file.limits.bytesPerRead, type: type.id, space: space.id)
      return try unsafe source.read(attempt) { unsafe H5Dread(id, $0, 0, 0, 0, $1) }
    }
  }

  /// Reads the whole dataset as raw bytes, without conversion.
  ///
  /// - Returns: The bytes of all elements in C order.
  /// - Throws: ``HDF5Error`` if the elements are references or strings of variable length, which
  ///   only point to data elsewhere in the file, or as ``read(as:)``.
  public func readBytes() throws(HDF5Error) -> [UInt8] {
    try library.withLock(try readBytes(of: nil))
  }

  /// Reads a part of the dataset as raw bytes, without conversion.
  ///
  /// - Parameter slices: The slice of each dimension.
  /// - Returns: The bytes of the elements in C order.
  /// - Throws: ``HDF5Error`` as ``readBytes()``, and if the number of slices is not the number of
  ///   dimensions or a slice is out of bounds. The limit of bytes applies to the part.
  public func readBytes(slices: [Slice]) throws(HDF5Error) -> [UInt8] {
    try library.withLock(try readBytes(of: slices))
  }

  // MARK: - Implementation

  private func read<Element: DatasetElement>(
    as type: Element.Type, of slices: [Slice]?
  ) throws(HDF5Error) -> [Element] {
    let count = try checkedCount(as: type, of: selectedCount(slices))
    return try withSelection(slices, count: count) { from, to throws(HDF5Error) in
      try unsafe [Element](count: count) { buffer throws(HDF5Error) in
        try unsafe read(into: buffer, from: from, to: to)
      }
    }
  }

  private func readBytes(of slices: [Slice]?) throws(HDF5Error) -> [UInt8] {
    let attempt = object.attempt(.read)
    let type = try Handle(H5Dget_type(object.handle.id), attempt)
    guard ElementType.isPlain(type.id) else {
      throw attempt.failure(.notAllowed("\(elementType), which points elsewhere in the file"))
    }
    let count = try checkedCount(bytesPerElement: elementSize, of: selectedCount(slices))
    let (id, typeID) = (object.handle.id, type.id)
    return try withSelection(slices, count: count) { from, to throws(HDF5Error) in
      try unsafe [UInt8](count: count * elementSize) { buffer throws(HDF5Error) in
        try unsafe attempt.call(
          failure: HDF5Error.Cause.damaged, H5Dread(id, typeID, to, from, 0, buffer.baseAddress))
      }
    }
  }

  /// Calls `body` with the dataspaces of a selection in the file and in memory.
  ///
  /// Without slices, both are `H5S_ALL` (0). `body` is not called for an empty selection.
  private func withSelection<Element>(
    _ slices: [Slice]?, count: Int,
    _ body: (_ from: hid_t, _ to: hid_t) throws(HDF5Error) -> [Element]
  ) throws(HDF5Error) -> [Element] {
    guard count > 0 else { return [] }
    guard let slices, !shape.isEmpty else { return try body(0, 0) }
    let attempt = object.attempt(.read)
    let selection = try Handle(H5Dget_space(object.handle.id), attempt)
    try unsafe attempt.call(
      H5Sselect_hyperslab(
        selection.id, H5S_SELECT_SET, slices.map { hsize_t($0.start) },
        slices.map { hsize_t($0.stride) }, slices.map { hsize_t($0.count) }, nil))
    let memory = try unsafe Handle(H5Screate_simple(1, [hsize_t(count)], nil), attempt)
    return try body(selection.id, memory.id)
  }

  private func read<Element: DatasetElement>(
    into buffer: UnsafeMutableBufferPointer<Element>, from selection: hid_t, to memory: hid_t
  ) throws(HDF5Error) {
    guard let address = buffer.baseAddress, !buffer.isEmpty else { return }
    let attempt = object.attempt(.read)
    let transfer = try Handle(H5Pcreate(chdf5_dataset_transfer()), attempt)
    var isOutOfRange = false
    let status = unsafe withUnsafeMutablePointer(to: &isOutOfRange) { isOutOfRange in
      if !Element.elementType.isFloat {
        // By default, libhdf5 replaces a value that does not fit by the nearest one that does.
        unsafe H5Pset_type_conv_cb(
          transfer.id,
          { exception, _, _, _, _, isOutOfRange in
            guard exception == H5T_CONV_EXCEPT_RANGE_HI || exception == H5T_CONV_EXCEPT_RANGE_LOW
            else { return H5T_CONV_UNHANDLED }
            unsafe isOutOfRange?.assumingMemoryBound(to: Bool.self).pointee = true
            return H5T_CONV_ABORT
          }, unsafe isOutOfRange)
      }
      return unsafe H5Dread(
        object.handle.id, NumericTypes(Element.self).native, memory, selection, transfer.id,
        address)
    }
    guard !isOutOfRange else {
      throw attempt.failure(.invalidValue("a value does not fit in \(Element.elementType)"))
    }
    try attempt.call(failure: HDF5Error.Cause.damaged, status)
  }
}
