internal import CHDF5

extension Dataset {
  /// Reads the whole dataset, converting its elements.
  ///
  /// Floating-point numbers of any width and byte order are read as `Float` or `Double`; a value
  /// too large for `Float` becomes infinite, as in any such conversion. Integers are read as any
  /// number type, but never cut off: a value that does not fit is an error. Elements of the same
  /// type are copied bit for bit. The corresponding C function is `H5Dread`.
  ///
  /// - Parameter type: The type of the result's elements.
  /// - Returns: The elements, the last dimension varying fastest.
  /// - Throws: ``HDF5Error`` if the elements are not such numbers, the dataset is stored in a way that
  ///   is not accepted or larger than the limits, or it is damaged.
  public func read<Element: DatasetElement>(
    as type: Element.Type
  ) throws(HDF5Error) -> [Element] {
    library.lock()
    defer { library.unlock() }
    let count = try checkedCount(as: type)
    return try array(of: count) { buffer throws(HDF5Error) in
      try read(into: buffer, from: 0, to: 0)
    }
  }

  /// Reads the whole dataset into memory of the caller's, without a copy in between.
  ///
  /// Converts as ``read(as:)`` does.
  ///
  /// - Parameter buffer: Where the elements go. It must have room for exactly ``count`` elements.
  /// - Throws: ``HDF5Error`` as ``read(as:)``, and if the count is not that of `buffer`.
  public func read<Element: DatasetElement>(
    into buffer: UnsafeMutableBufferPointer<Element>
  ) throws(HDF5Error) {
    library.lock()
    defer { library.unlock() }
    let count = try checkedCount(as: Element.self)
    guard count == buffer.count else {
      throw object.attempt(.read).failure(
        .mismatch(expected: "\(buffer.count) elements", found: "\(count) elements"))
    }
    try read(into: buffer, from: 0, to: 0)
  }

  /// Reads a part of the dataset, converting its elements as ``read(as:)`` does.
  ///
  /// The corresponding C function is `H5Sselect_hyperslab`.
  ///
  /// - Parameters:
  ///   - type: The type of the result's elements.
  ///   - slices: What to read of each dimension.
  /// - Returns: The elements, the last dimension varying fastest.
  /// - Throws: ``HDF5Error`` as ``read(as:)``, and if there is not one slice for each dimension or one
  ///   reaches outside of it. The limit of bytes holds for the part.
  public func read<Element: DatasetElement>(
    as type: Element.Type, slices: [Slice]
  ) throws(HDF5Error) -> [Element] {
    library.lock()
    defer { library.unlock() }
    try checkBounds(of: slices)
    let count = try checkedCount(as: type, of: slices.map(\.count).checkedProduct)
    guard count > 0 else { return [] }
    guard !shape.isEmpty else { return try read(as: type) }
    return try withSelection(slices, count: count) { from, to throws(HDF5Error) in
      try array(of: count) { buffer throws(HDF5Error) in
        try read(into: buffer, from: from, to: to)
      }
    }
  }

  /// Reads some rows of the dataset, converting its elements as ``read(as:)`` does.
  ///
  /// With it a dataset larger than memory can be gone through.
  ///
  /// - Parameters:
  ///   - rows: The indices of the first dimension.
  ///   - type: The type of the result's elements.
  /// - Returns: The elements, the last dimension varying fastest.
  /// - Throws: ``HDF5Error`` as ``read(as:)``, and if there are no such rows.
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
  /// - Returns: The strings without their padding, the last dimension varying fastest.
  /// - Throws: ``HDF5Error`` if the elements are not strings, or as ``read(as:)``.
  public func readStrings() throws(HDF5Error) -> [String] {
    library.lock()
    defer { library.unlock() }
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
    return try source.read(attempt) { H5Dread(id, $0, 0, 0, 0, $1) }
  }

  /// Reads the whole dataset as the bytes that its elements are stored as.
  ///
  /// - Returns: The bytes of all elements, the last dimension varying fastest.
  /// - Throws: ``HDF5Error`` if the elements only say where something else in the file is, as references and strings
  ///   of any length do, or as ``read(as:)``.
  public func readBytes() throws(HDF5Error) -> [UInt8] {
    library.lock()
    defer { library.unlock() }
    let attempt = object.attempt(.read)
    let size = try sizeOfPlainElement(attempt)
    let count = try checkedCount(bytesPerElement: size, of: count)
    guard count > 0 else { return [] }
    let type = try Handle(H5Dget_type(object.handle.id), attempt)
    let (id, typeID) = (object.handle.id, type.id)
    return try array(of: count * size) { buffer throws(HDF5Error) in
      guard H5Dread(id, typeID, 0, 0, 0, buffer.baseAddress) >= 0 else {
        throw attempt.failure(.damaged(ErrorStack.innermostSentence()))
      }
    }
  }

  /// Reads a part of the dataset as the bytes that its elements are stored as.
  ///
  /// - Parameter slices: What to read of each dimension.
  /// - Returns: The bytes of the elements, the last dimension varying fastest.
  /// - Throws: ``HDF5Error`` as ``readBytes()``, and if there is not one slice for each dimension or one
  ///   reaches outside of it. The limit of bytes holds for the part.
  public func readBytes(slices: [Slice]) throws(HDF5Error) -> [UInt8] {
    library.lock()
    defer { library.unlock() }
    let attempt = object.attempt(.read)
    let size = try sizeOfPlainElement(attempt)
    try checkBounds(of: slices)
    let count = try checkedCount(bytesPerElement: size, of: slices.map(\.count).checkedProduct)
    guard count > 0 else { return [] }
    guard !shape.isEmpty else { return try readBytes() }
    let type = try Handle(H5Dget_type(object.handle.id), attempt)
    let (id, typeID) = (object.handle.id, type.id)
    return try withSelection(slices, count: count) { from, to throws(HDF5Error) in
      try array(of: count * size) { buffer throws(HDF5Error) in
        guard H5Dread(id, typeID, to, from, 0, buffer.baseAddress) >= 0 else {
          throw attempt.failure(.damaged(ErrorStack.innermostSentence()))
        }
      }
    }
  }

  // MARK: - Selections

  /// Calls `body` with what is taken of the dataset, and a place in memory for as many elements.
  private func withSelection<Element>(
    _ slices: [Slice], count: Int,
    _ body: (_ from: hid_t, _ to: hid_t) throws(HDF5Error) -> [Element]
  ) throws(HDF5Error) -> [Element] {
    let attempt = object.attempt(.read)
    let selection = try Handle(H5Dget_space(object.handle.id), attempt)
    try attempt.check(
      H5Sselect_hyperslab(
        selection.id, H5S_SELECT_SET, slices.map { hsize_t($0.start) },
        slices.map { hsize_t($0.stride) }, slices.map { hsize_t($0.count) }, nil))
    let memory = try Handle(H5Screate_simple(1, [hsize_t(count)], nil), attempt)
    return try body(selection.id, memory.id)
  }

  // MARK: - The read itself

  private func array<Element: DatasetElement>(
    of count: Int, fill: (UnsafeMutableBufferPointer<Element>) throws(HDF5Error) -> Void
  ) throws(HDF5Error) -> [Element] {
    // The initializer passes errors on without their type.
    var failure: HDF5Error?
    let elements = [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(HDF5Error) {
        try fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        initialized = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return elements
  }

  /// The size of an element that is nothing but its bytes.
  private func sizeOfPlainElement(_ attempt: Attempt) throws(HDF5Error) -> Int {
    let type = try Handle(H5Dget_type(object.handle.id), attempt)
    guard ElementType.isPlain(type.id) else {
      throw attempt.failure(
        .notAllowed("\(elementType), which leads elsewhere in the file"))
    }
    return elementSize
  }

  private func read<Element: DatasetElement>(
    into buffer: UnsafeMutableBufferPointer<Element>, from selection: hid_t, to memory: hid_t
  ) throws(HDF5Error) {
    guard let address = buffer.baseAddress, !buffer.isEmpty else { return }
    let attempt = object.attempt(.read)
    let transfer = try Handle(H5Pcreate(chdf5_dataset_transfer()), attempt)
    var isOutOfRange = false
    let status = withUnsafeMutablePointer(to: &isOutOfRange) { isOutOfRange in
      if !Element.elementType.isFloat {
        // Left to itself libhdf5 puts the nearest value in place of one that does not fit.
        H5Pset_type_conv_cb(
          transfer.id,
          { exception, _, _, _, _, isOutOfRange in
            guard exception == H5T_CONV_EXCEPT_RANGE_HI || exception == H5T_CONV_EXCEPT_RANGE_LOW
            else { return H5T_CONV_UNHANDLED }
            isOutOfRange?.assumingMemoryBound(to: Bool.self).pointee = true
            return H5T_CONV_ABORT
          }, isOutOfRange)
      }
      return H5Dread(
        object.handle.id, NumericTypes(Element.self).native, memory, selection, transfer.id,
        address)
    }
    guard !isOutOfRange else {
      throw attempt.failure(.invalidValue("a value does not fit in \(Element.elementType)"))
    }
    guard status >= 0 else {
      throw attempt.failure(.damaged(ErrorStack.innermostSentence()))
    }
  }
}
