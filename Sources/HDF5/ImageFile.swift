internal import CHDF5

/// A file that libhdf5 builds in an ``ImageBuffer``.
///
/// libhdf5 never writes to the disk: when a disk is full, version 1.10.8 dies of a segmentation fault
/// or reports success over a file with wrong data. Here it makes no system call on a file at all. Its
/// core driver grows the file by asking for memory, which it gets from our buffer, and when the file
/// is closed the buffer stays: complete, and without a copy.
final class ImageFile {
  /// The file's identifier.
  private let handle: Handle
  /// What every group is created with: no time of creation, so that equal calls make equal bytes.
  let groupProperties: Handle
  /// What every dataset is created with.
  let datasetProperties: Handle
  /// The memory that the file is in.
  let buffer: ImageBuffer

  /// How much the file grows by at a time.
  private static let increment = 1 << 20

  init(_ buffer: ImageBuffer, alignment: Int) throws(HDF5Error) {
    let attempt = Attempt(operation: .create, file: nil, object: nil)
    groupProperties = try Handle(H5Pcreate(chdf5_group_create()), attempt)
    try attempt.check(H5Pset_obj_track_times(groupProperties.id, false))
    datasetProperties = try Handle(H5Pcreate(chdf5_dataset_create()), attempt)
    try attempt.check(H5Pset_obj_track_times(datasetProperties.id, false))
    try attempt.check(H5Pset_layout(datasetProperties.id, H5D_CONTIGUOUS))
    let creation = try Handle(H5Pcreate(chdf5_file_create()), attempt)
    try attempt.check(H5Pset_obj_track_times(creation.id, false))

    let access = try Handle(H5Pcreate(chdf5_file_access()), attempt)
    try attempt.check(H5Pset_fapl_core(access.id, ImageFile.increment, false))
    try attempt.check(H5Pset_alignment(access.id, hsize_t(alignment), hsize_t(alignment)))
    try attempt.check(H5Pset_fclose_degree(access.id, H5F_CLOSE_STRONG))
    // The oldest form of everything, which every reader knows.
    try attempt.check(
      H5Pset_libver_bounds(access.id, H5F_LIBVER_EARLIEST, H5F_LIBVER_V110))
    var callbacks = H5FD_file_image_callbacks_t()
    callbacks.image_realloc = { _, size, _, buffer in
      buffer.flatMap { ImageFile.buffer($0).resize(to: size) }
    }
    callbacks.image_free = { _, _, _ in 0 }
    // The buffer outlives every property list: `self` keeps it until the file is closed.
    callbacks.udata_copy = { $0 }
    callbacks.udata_free = { _ in 0 }
    callbacks.udata = Unmanaged.passUnretained(buffer).toOpaque()
    try attempt.check(H5Pset_file_image_callbacks(access.id, &callbacks))

    // libhdf5 tells its open files apart by name, and first looks whether there is one: below a
    // device there is none, and never will be.
    let name = "/dev/null/image-\(library.nextSerial())"
    handle = try Handle(
      H5Fcreate(name, chdf5_truncate(), creation.id, access.id), attempt)
    self.buffer = buffer
  }

  deinit {
    // An abandoned file is closed here, while the buffer is still there to write to.
    library.lock()
    defer { library.unlock() }
    if H5Iis_valid(handle.id) > 0 { H5Fclose(handle.id) }
  }

  /// The file's identifier.
  var id: hid_t { handle.id }

  /// Completes the file; nothing can be added to it from then on.
  ///
  /// - Returns: The length of the file.
  func close() throws(HDF5Error) -> Int {
    let attempt = Attempt(operation: .finish, file: nil, object: nil)
    // Flushed first: `H5Fclose` is known to return success over a failed write.
    try attempt.check(H5Fflush(handle.id, H5F_SCOPE_GLOBAL))
    try attempt.check(H5Fclose(handle.id))
    let bytes = buffer.bytes(.max)
    do throws(HDF5Error.Cause) {
      // The buffer is rounded up to the increment; the header has the true length.
      return try Superblock(
        bytes: Array(bytes.prefix(Superblock.headSize)), at: 0, fileSize: bytes.count
      ).endOfFile
    } catch {
      throw attempt.failure(error)
    }
  }

  private static func buffer(_ pointer: UnsafeMutableRawPointer) -> ImageBuffer {
    Unmanaged<ImageBuffer>.fromOpaque(pointer).takeUnretainedValue()
  }
}
