/// The checks before a read: everything that a file may declare wrongly.
extension Dataset {
  /// Returns the number of elements in a part of the dataset, after checking its bounds.
  ///
  /// - Parameter slices: The slice of each dimension; nil for the whole dataset.
  /// - Returns: The number of elements; nil if it does not fit in an `Int`.
  /// - Throws: ``HDF5Error`` if a slice is out of bounds.
  func selectedCount(_ slices: [Slice]?) throws(HDF5Error) -> Int? {
    guard let slices else { return count }
    let attempt = object.attempt(.read)
    guard slices.count == shape.count else {
      throw attempt.failure(
        .outOfBounds("\(slices.count) slices for \(shape.count) dimensions"))
    }
    for (slice, extent) in zip(slices, shape) where !slice.fits(in: extent) {
      throw attempt.failure(.outOfBounds("\(slice) is outside of a dimension of \(extent)"))
    }
    // The product of no extents is 1, but a null dataset has no elements.
    return slices.isEmpty ? count : slices.map(\.count).checkedProduct
  }

  /// Checks that elements can be read as numbers of a type.
  ///
  /// - Parameters:
  ///   - type: The type of the result's elements.
  ///   - selected: The number of elements to read; nil if it does not fit in an `Int`.
  /// - Returns: The number of elements to read.
  /// - Throws: ``HDF5Error`` if they are of another kind, or as
  ///   ``checkedCount(bytesPerElement:of:)``.
  func checkedCount<Element: DatasetElement>(
    as type: Element.Type, of selected: Int?
  ) throws(HDF5Error) -> Int {
    let toFloat = type.elementType.isFloat
    guard elementType.isInteger || toFloat && elementType.isFloat else {
      throw object.attempt(.read).failure(
        .mismatch(expected: toFloat ? "numbers" : "integers", found: "\(elementType)"))
    }
    return try checkedCount(
      bytesPerElement: max(elementSize, MemoryLayout<Element>.size), of: selected)
  }

  /// Checks the declared sizes and the storage before memory is allocated.
  ///
  /// - Parameters:
  ///   - bytesPerElement: The size of one element in memory.
  ///   - selected: The number of elements to read; nil if it does not fit in an `Int`.
  /// - Returns: The number of elements to read.
  /// - Throws: ``HDF5Error`` if the storage is not allowed or inconsistent, or a limit is exceeded.
  func checkedCount(
    bytesPerElement: Int, of selected: Int?
  ) throws(HDF5Error) -> Int {
    let attempt = object.attempt(.read)
    try checkStorage(attempt)
    let declared = count.flatMap { [$0, elementSize].checkedProduct }
    guard let count, let declared else {
      throw attempt.failure(.tooLarge("the shape \(shape) has more elements than can be counted"))
    }
    guard storageSize <= object.file.size else {
      throw attempt.failure(
        .damaged("it stores \(storageSize) bytes, the file has \(object.file.size)"))
    }
    // A division, because the product of sizes from a hostile file may overflow.
    let unexplained = max(0, declared - Limits.expansionAllowance)
    guard unexplained / Limits.expansion <= storageSize else {
      throw attempt.failure(
        .tooLarge("it declares \(declared) bytes but stores \(storageSize)"))
    }
    let limit = object.file.limits.bytesPerRead
    let bytes = [selected ?? count, bytesPerElement].checkedProduct ?? .max
    guard bytes <= limit else {
      throw attempt.failure(.tooLarge("\(bytes) bytes, the limit is \(limit)"))
    }
    return selected ?? count
  }

  private func checkStorage(_ attempt: Attempt) throws(HDF5Error) {
    switch layout {
    case .compact, .contiguous: break
    case .chunked(let chunk):
      let bytes = (chunk + [elementSize]).checkedProduct ?? .max
      guard chunk.count == shape.count, bytes <= Limits.chunkBytes else {
        throw attempt.failure(
          .notAllowed("chunks of shape \(chunk), the limit is \(Limits.chunkBytes >> 20) MiB"))
      }
    case .virtual: throw attempt.failure(.notAllowed("a virtual dataset, made of other files"))
    case .external: throw attempt.failure(.notAllowed("elements in external files"))
    case .unknown: throw attempt.failure(.notAllowed("an unknown layout"))
    }
    if let filter = filters.first(where: { !$0.isAllowed }) {
      throw attempt.failure(
        .notAllowed("the filter '\(filter.name)', only deflate, shuffle and fletcher32 are read"))
    }
    // So that the size of a chunk can be checked before libhdf5 inflates it.
    let afterDeflate = filters.drop { !$0.isDeflate }.dropFirst()
    if let filter = afterDeflate.first(where: { !$0.isFletcher32 }) {
      throw attempt.failure(
        .notAllowed("the filter '\(filter.name)' after deflate, only fletcher32 may follow it"))
    }
    guard filters.count <= Limits.filters else {
      throw attempt.failure(
        .notAllowed("\(filters.count) filters, the limit is \(Limits.filters)"))
    }
  }
}
