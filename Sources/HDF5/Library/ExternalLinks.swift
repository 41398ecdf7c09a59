internal import CHDF5

/// External links: links to objects in other files.
///
/// They are listed, but never followed.
enum ExternalLinks {
  /// Replaces libhdf5's class of external links by one that cannot be followed.
  ///
  /// Afterwards, no link can make the library open another file. Unregistering the class would have
  /// the same effect, but then the target of a link could not be read.
  static func block() {
    var links = unsafe H5L_class_t()
    unsafe links.version = H5L_LINK_CLASS_T_VERS
    unsafe links.id = H5L_TYPE_EXTERNAL
    unsafe links.trav_func = { _, _, _, _, _, _ in -1 }
    unsafe links.query_func = { _, value, size, buffer, room in
      if let buffer = unsafe buffer, let value = unsafe value {
        unsafe buffer.copyMemory(from: value, byteCount: min(size, room))
      }
      return size
    }
    unsafe H5Lregister(&links)
  }
}
