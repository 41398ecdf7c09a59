internal import CHDF5

extension LibraryObject {
  /// Reads elements of this dataset, which have been checked; see ``Dataset/read(as:)``.
  ///
  /// - Parameters:
  ///   - kind: Their type in memory.
  ///   - slices: The slice of each dimension; `nil` for the whole dataset.
  ///   - count: The number of elements.
  ///   - buffer: The memory, which they fill.
  /// - Throws: ``HDF5Error`` if they are damaged, or do not fit in the type.
  func readElements(
    _ kind: ElementKind, _ slices: [Slice]?, count: Int,
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(HDF5Error) {
    let attempt = attempt(.read)
    try checkChunks(slices)
    let stored = try Handle(H5Dget_type(handle.id), attempt)
    let type = kind.native ?? stored.id
    guard let bytes = [count, H5Tget_size(type)].checkedProduct, bytes == buffer.count else {
      throw attempt.failure(.damaged("it does not have \(count) elements"))
    }
    guard let slices else {
      let extent = try Extent(ofDataset: handle.id, attempt)
      guard extent.count == count else {
        throw attempt.failure(.damaged("it does not have \(count) elements"))
      }
      return try unsafe read(kind, type, into: buffer, from: 0, to: 0)
    }
    let selection = try Handle(H5Dget_space(handle.id), attempt)
    guard H5Sget_simple_extent_ndims(selection.id) == Int32(slices.count),
      slices.map(\.count).checkedProduct == count
    else { throw attempt.failure(.damaged("it does not have these dimensions")) }
    try unsafe attempt.call(
      H5Sselect_hyperslab(
        selection.id, H5S_SELECT_SET, slices.map { hsize_t($0.start) },
        slices.map { hsize_t($0.stride) }, slices.map { hsize_t($0.count) }, nil))
    let memory = try unsafe Handle(H5Screate_simple(1, [hsize_t(count)], nil), attempt)
    try unsafe read(kind, type, into: buffer, from: selection.id, to: memory.id)
  }

  /// Reads from a selection in the file into one in memory; 0 for all.
  private func read(
    _ kind: ElementKind, _ type: hid_t, into buffer: UnsafeMutableRawBufferPointer,
    from selection: hid_t, to memory: hid_t
  ) throws(HDF5Error) {
    let attempt = attempt(.read)
    let transfer = try Handle(H5Pcreate(chdf5_dataset_transfer()), attempt)
    var isOutOfRange = false
    let status = unsafe withUnsafeMutablePointer(to: &isOutOfRange) { isOutOfRange in
      if kind.elementType?.isInteger ?? false {
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
        handle.id, type, memory, selection, transfer.id, buffer.baseAddress)
    }
    guard !isOutOfRange else {
      let name = kind.elementType.map { "\($0)" } ?? "the type"
      throw attempt.failure(.invalidValue("a value does not fit in \(name)"))
    }
    try attempt.call(failure: HDF5Error.Cause.damaged, status)
  }

  /// Reads all elements of this dataset of strings; see ``Dataset/readStrings()``.
  func readStrings(
    _ elementType: ElementType, count: Int, isStored: Bool
  ) throws(HDF5Error) -> [String] {
    let attempt = attempt(.read)
    try checkChunks(nil)
    let id = handle.id
    let type = try Handle(H5Dget_type(id), attempt)
    let extent = try Extent(ofDataset: id, attempt)
    guard ElementType(describing: type.id) == elementType, extent.count == count else {
      throw attempt.failure(.damaged("it does not have \(count) strings"))
    }
    let space = try Handle(H5Dget_space(id), attempt)
    let source = StringSource(
      elementType: elementType, count: count, isStored: isStored,
      byteLimit: min(file.limits.bytesPerRead, Limits.datasetStringBytes), type: type.id,
      space: space.id)
    let transfer = try Handle(H5Pcreate(chdf5_dataset_transfer()), attempt)
    // By default, libhdf5 clears 1 MiB for the conversion of a single string.
    try attempt.call(H5Pset_buffer(transfer.id, 4096, nil, nil))
    return try unsafe source.read(attempt) { unsafe H5Dread(id, $0, 0, 0, transfer.id, $1) }
  }
}
