internal import CHDF5

/// The links that lead to other files: shown, never followed.
enum ExternalLinks {
  /// Takes the place of libhdf5's own class of external links.
  ///
  /// From here on no file can make the library open another one through a link. Taking the class away
  /// would do that as well, but then a link could not even be asked where it leads.
  static func block() {
    var links = H5L_class_t()
    links.version = H5L_LINK_CLASS_T_VERS
    links.id = H5L_TYPE_EXTERNAL
    links.trav_func = { _, _, _, _, _, _ in -1 }
    links.query_func = { _, value, size, buffer, room in
      if let buffer, let value { buffer.copyMemory(from: value, byteCount: min(size, room)) }
      return size
    }
    H5Lregister(&links)
  }
}
