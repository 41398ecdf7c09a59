internal import CHDF5

/// A file that libhdf5 builds in an ``ImageBuffer``.
///
/// libhdf5 does not write to the disk, because on a full disk version 1.10.8 crashes with a
/// segmentation fault, or reports success over a file with wrong data. Instead, its core driver
/// builds the file in memory, and gets that memory from an ``ImageBuffer``, which stays after the
/// file is closed, so that the file is not copied.
final class ImageFile {
  /// The file's identifier.
  private let handle: Handle
  /// The creation properties of groups: no creation time, so that equal calls create equal bytes.
  let groupProperties: Handle
  /// The creation properties of datasets.
  let datasetProperties: Handle
  /// The creation properties of datasets whose elements are not written.
  let outlineProperties: Handle
  /// The memory of the file.
  let buffer: ImageBuffer
  /// The elements that are not written, in ascending order of their places.
  var outlines: [ElementSource.Piece] = []

  /// The number of bytes by which the file grows.
  private static let increment = 1 << 20

  init(
    _ buffer: ImageBuffer, alignment: Int, metadataSize: Int? = nil
  ) throws(HDF5Error) {
    let attempt = Attempt(operation: .create, file: nil, object: nil)
    groupProperties = try Handle(H5Pcreate(chdf5_group_create()), attempt)
    try attempt.call(H5Pset_obj_track_times(groupProperties.id, false))
    datasetProperties = try Handle(H5Pcreate(chdf5_dataset_create()), attempt)
    try attempt.call(H5Pset_obj_track_times(datasetProperties.id, false))
    try attempt.call(H5Pset_layout(datasetProperties.id, H5D_CONTIGUOUS))
    outlineProperties = try Handle(H5Pcopy(datasetProperties.id), attempt)
    try attempt.call(H5Pset_alloc_time(outlineProperties.id, H5D_ALLOC_TIME_EARLY))
    try attempt.call(H5Pset_fill_time(outlineProperties.id, H5D_FILL_TIME_NEVER))
    let creation = try Handle(H5Pcreate(chdf5_file_create()), attempt)
    try attempt.call(H5Pset_obj_track_times(creation.id, false))

    let access = try Handle(H5Pcreate(chdf5_file_access()), attempt)
    try attempt.call(H5Pset_fapl_core(access.id, ImageFile.increment, false))
    try attempt.call(H5Pset_alignment(access.id, hsize_t(alignment), hsize_t(alignment)))
    if let metadataSize {
      try attempt.call(H5Pset_meta_block_size(access.id, hsize_t(metadataSize)))
    }
    try attempt.call(H5Pset_fclose_degree(access.id, H5F_CLOSE_STRONG))
    // The oldest version of each structure, which every reader supports.
    try attempt.call(
      H5Pset_libver_bounds(access.id, H5F_LIBVER_EARLIEST, H5F_LIBVER_V110))
    var callbacks = unsafe H5FD_file_image_callbacks_t()
    unsafe callbacks.image_realloc = { _, size, _, buffer in
      unsafe buffer.flatMap { unsafe ImageFile.buffer($0).resize(to: size) }
    }
    unsafe callbacks.image_free = { _, _, _ in 0 }
    // The buffer outlives all property lists, because `self` keeps it until the file is closed.
    unsafe callbacks.udata_copy = { unsafe $0 }
    unsafe callbacks.udata_free = { _ in 0 }
    unsafe callbacks.udata = unsafe Unmanaged.passUnretained(buffer).toOpaque()
    try unsafe attempt.call(H5Pset_file_image_callbacks(access.id, &callbacks))

    // libhdf5 distinguishes open files by name, and first checks whether the file exists. Below a
    // device, no file can exist.
    let name = "/dev/null/image-\(library.nextSerial())"
    handle = try unsafe Handle(
      H5Fcreate(name, chdf5_truncate(), creation.id, access.id), attempt)
    self.buffer = buffer
  }

  deinit {
    // A file that was not finished is closed here, because closing it writes to the buffer.
    library.withLock {
      if H5Iis_valid(handle.id) > 0 { H5Fclose(handle.id) }
    }
  }

  /// The file's identifier.
  var id: hid_t { handle.id }

  /// Completes the file.
  ///
  /// Nothing can be added to it afterwards.
  ///
  /// - Returns: The length of the file.
  func close() throws(HDF5Error) -> Int {
    let attempt = Attempt(operation: .finish, file: nil, object: nil)
    // Flushed first, because `H5Fclose` can return success although a write has failed.
    try attempt.call(H5Fflush(handle.id, H5F_SCOPE_GLOBAL))
    return try close(limit: unsafe buffer.bytes(.max).count, attempt)
  }

  /// Completes a file some of whose elements are not written.
  ///
  /// It is not flushed first, because this would allocate memory for these elements.
  ///
  /// - Returns: The length of the file, which may be larger than its memory.
  func closeOutline() throws(HDF5Error) -> Int {
    try close(limit: .max, Attempt(operation: .finish, file: nil, object: nil))
  }

  private func close(limit: Int, _ attempt: Attempt) throws(HDF5Error) -> Int {
    try attempt.call(H5Fclose(handle.id))
    let bytes = unsafe buffer.bytes(Superblock.headSize)
    // The buffer is rounded up to the increment; the superblock has the length of the file.
    return try unsafe attempt.run(
      try Superblock(bytes: Array(bytes), at: 0, fileSize: limit).endOfFile)
  }

  private static func buffer(_ pointer: UnsafeMutableRawPointer) -> ImageBuffer {
    unsafe Unmanaged<ImageBuffer>.fromOpaque(pointer).takeUnretainedValue()
  }
}
