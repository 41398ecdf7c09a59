/// A dataset of an open file: an array of elements of one type.
///
/// Its shape, type and storage are read when it is opened. Its elements are read on request, after
/// checks that prevent a file from making the process read other files, run out of memory or use
/// decoders that are not trusted.
public struct Dataset: FileObject, ~Copyable {
  /// The open dataset, which only this module can use.
  public let object: OpenObject

  /// The extents of the array; empty for a scalar.
  ///
  /// Also empty for a dataset with a null dataspace (``isNull``), and for a virtual dataset, whose
  /// extents may depend on other files.
  public let shape: [Int]
  /// Whether the dataspace is null: the dataset has no elements and no shape, as `h5py.Empty`.
  public let isNull: Bool
  /// The type of the elements in the file.
  public let elementType: ElementType
  /// The size of one element in the file, in bytes.
  public let elementSize: Int
  /// The storage layout of the elements.
  public let layout: Layout
  /// The filters of each chunk, in the order in which they were applied when it was written.
  public let filters: [Filter]
  /// The number of bytes that the elements take in the file.
  ///
  /// 0 for a dataset that was never written, which reads as its fill value.
  public let storageSize: Int
  /// The offset of the elements in the file, in bytes from its start.
  ///
  /// Nil unless the layout is contiguous and the dataset was written.
  public let fileOffset: Int?

  /// The number of elements.
  ///
  /// Nil if it does not fit in an `Int`, or is unknown because the dataset is virtual.
  public let count: Int?

  /// Whether an element consists only of its own bytes, without references or strings of variable
  /// length.
  let isPlain: Bool

  init(_ object: consuming OpenObject) throws(HDF5Error) {
    guard let header = object.dataset else {
      throw object.attempt(.open).failure(
        .mismatch(expected: "a dataset", found: "\(object.kind)"))
    }
    shape = header.shape
    isNull = header.isNull
    elementType = header.elementType
    elementSize = header.elementSize
    layout = header.layout
    filters = header.filters
    storageSize = header.storageSize
    fileOffset = header.fileOffset
    count = header.count
    isPlain = header.isPlain
    self.object = object
  }
}
