internal import CHDF5

/// Memory of ours that libhdf5 reads a file from.
///
/// Left to itself the core driver copies an image several times. Its callbacks let it use ours: where
/// it asks for memory it gets the image, and where it would copy or free there is nothing to do.
enum ImageLoan {
  /// Makes files that are opened with some access properties be in a buffer.
  ///
  /// - Parameters:
  ///   - buffer: The memory, which must outlive the properties and every file.
  ///   - size: The size of the file.
  ///   - access: The properties.
  /// - Returns: What libhdf5 returns: less than 0 if it refuses.
  static func lend(_ buffer: ImageBuffer, size: Int, to access: hid_t) -> herr_t {
    var callbacks = H5FD_file_image_callbacks_t()
    callbacks.image_malloc = { _, _, buffer in
      buffer.flatMap { ImageLoan.buffer($0).bytes(.max).baseAddress }
        .map { UnsafeMutableRawPointer(mutating: $0) }
    }
    callbacks.image_memcpy = { destination, _, _, _, _ in destination }
    // The file is opened for reading: it never grows.
    callbacks.image_realloc = { _, _, _, _ in nil }
    callbacks.image_free = { _, _, _ in 0 }
    callbacks.udata_copy = { $0 }
    callbacks.udata_free = { _ in 0 }
    callbacks.udata = Unmanaged.passUnretained(buffer).toOpaque()
    let status = H5Pset_file_image_callbacks(access, &callbacks)
    guard status >= 0 else { return status }
    return H5Pset_file_image(access, buffer.start, size)
  }

  private static func buffer(_ pointer: UnsafeMutableRawPointer) -> ImageBuffer {
    Unmanaged<ImageBuffer>.fromOpaque(pointer).takeUnretainedValue()
  }
}
