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
    try read(as: type, of: nil)
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
    let count = try checkedCount(as: Element.self, of: count)
    guard count == buffer.count else {
      throw object.attempt(.read).failure(
        .mismatch(expected: "\(buffer.count) elements", found: "\(count) elements"))
    }
    try unsafe read(.init(Element.self), of: nil, into: UnsafeMutableRawBufferPointer(buffer))
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
    try read(as: type, of: slices)
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
    let attempt = object.attempt(.read)
    guard elementType.isString else {
      throw attempt.failure(.mismatch(expected: "strings", found: "\(elementType)"))
    }
    let count = try checkedCount(bytesPerElement: elementSize, of: count)
    guard count > 0 else { return [] }
    let strings = try object.ask(
      StringsQuestion(
        object: object.number, elementType: elementType, count: count,
        isStored: storageSize > 0))
    guard strings.count == count else {
      throw attempt.failure(.damaged("\(strings.count) strings were read instead of \(count)"))
    }
    return strings
  }

  /// Reads the whole dataset as raw bytes, without conversion.
  ///
  /// - Returns: The bytes of all elements in C order.
  /// - Throws: ``HDF5Error`` if the elements are references or strings of variable length, which
  ///   only point to data elsewhere in the file, or as ``read(as:)``.
  public func readBytes() throws(HDF5Error) -> [UInt8] {
    try readBytes(of: nil)
  }

  /// Reads a part of the dataset as raw bytes, without conversion.
  ///
  /// - Parameter slices: The slice of each dimension.
  /// - Returns: The bytes of the elements in C order.
  /// - Throws: ``HDF5Error`` as ``readBytes()``, and if the number of slices is not the number of
  ///   dimensions or a slice is out of bounds. The limit of bytes applies to the part.
  public func readBytes(slices: [Slice]) throws(HDF5Error) -> [UInt8] {
    try readBytes(of: slices)
  }

  // MARK: - Implementation

  private func read<Element: DatasetElement>(
    as type: Element.Type, of slices: [Slice]?
  ) throws(HDF5Error) -> [Element] {
    let count = try checkedCount(as: type, of: selectedCount(slices))
    return try unsafe [Element](count: count) { buffer throws(HDF5Error) in
      try unsafe read(.init(type), of: slices, into: UnsafeMutableRawBufferPointer(buffer))
    }
  }

  private func readBytes(of slices: [Slice]?) throws(HDF5Error) -> [UInt8] {
    guard isPlain else {
      throw object.attempt(.read).failure(
        .notAllowed("\(elementType), which points elsewhere in the file"))
    }
    let count = try checkedCount(bytesPerElement: elementSize, of: selectedCount(slices))
    return try unsafe [UInt8](count: count * elementSize) { buffer throws(HDF5Error) in
      try unsafe read(.stored, of: slices, into: UnsafeMutableRawBufferPointer(buffer))
    }
  }

  /// Fills a buffer with the selected elements.
  private func read(
    _ kind: ElementKind, of slices: [Slice]?, into buffer: UnsafeMutableRawBufferPointer
  ) throws(HDF5Error) {
    guard unsafe !buffer.isEmpty else { return }
    let slices = shape.isEmpty ? nil : slices ?? shape.map { Slice(0..<$0) }
    if try unsafe readStored(kind, of: slices, into: buffer) { return }
    try unsafe read(kind, of: slices, elementSize: kind.size ?? elementSize, into: buffer)
  }

  /// Fills a buffer in several parts if it is large, in the order of the elements.
  private func read(
    _ kind: ElementKind, of slices: [Slice]?, elementSize: Int,
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(HDF5Error) {
    guard buffer.count > Limits.bytesPerPart, let slices,
      let dimension = slices.firstIndex(where: { $0.count > 1 })
    else {
      let question = ElementsQuestion(
        object: object.number, kind: kind, slices: slices, count: buffer.count / elementSize)
      return try unsafe object.read(question, into: buffer)
    }
    let slice = slices[dimension]
    let bytes = buffer.count / slice.count
    let step = max(1, Limits.bytesPerPart / bytes)
    for start in stride(from: 0, to: slice.count, by: step) {
      let count = min(step, slice.count - start)
      var part = slices
      part[dimension] = Slice(
        start: slice.start + start * slice.stride, count: count, stride: slice.stride)
      try unsafe read(
        kind, of: part, elementSize: elementSize,
        into: UnsafeMutableRawBufferPointer(
          rebasing: buffer[start * bytes..<(start + count) * bytes]))
    }
  }

  /// Fills a buffer with the selected elements if they are in one piece of the file, and stored as
  /// they are wanted.
  ///
  /// - Returns: False if libhdf5 must read them.
  private func readStored(
    _ kind: ElementKind, of slices: [Slice]?, into buffer: UnsafeMutableRawBufferPointer
  ) throws(HDF5Error) -> Bool {
    guard let fileOffset, filters.isEmpty, let count,
      [count, elementSize].checkedProduct == storageSize,
      kind == .stored || elementType == kind.elementType && kind.isNative,
      fileOffset <= object.file.size - storageSize,
      let first = firstOfPiece(slices)
    else { return false }
    do throws(FileError) {
      try unsafe object.file.source.read(into: buffer, at: fileOffset + first * elementSize)
      return true
    } catch {
      throw object.attempt(.read).failure(HDF5Error.Cause(error))
    }
  }

  /// The number of the first selected element if they follow one another; otherwise `nil`.
  private func firstOfPiece(_ slices: [Slice]?) -> Int? {
    guard let slices else { return 0 }
    var (first, isPart) = (0, false)
    for (slice, extent) in zip(slices, shape) {
      // After a dimension with several indices, all others must be whole.
      guard !isPart || slice.count == extent, slice.count <= 1 || slice.stride == 1 else {
        return nil
      }
      first = first * extent + slice.start
      isPart = isPart || slice.count > 1
    }
    return first
  }
}
