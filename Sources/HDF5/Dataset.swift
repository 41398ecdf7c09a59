internal import CHDF5

/// A dataset of an open file: an array of elements of one type.
///
/// What it is has been read when it is opened; its elements are read on request, after checks that
/// keep a file from making the process read other files, fill its memory or run odd decoders.
public struct Dataset: ~Copyable, Sendable {
  let object: Object

  /// The extents of the array; empty for a scalar.
  ///
  /// Also empty for a dataset without a dataspace (``isNull``), and for a virtual one, whose extents
  /// may depend on other files.
  public let shape: [Int]
  /// Whether the dataset has no dataspace: no elements and no shape, as `h5py.Empty`.
  public let isNull: Bool
  /// The type of the elements in the file.
  public let elementType: ElementType
  /// The size of one element in the file, in bytes.
  public let elementSize: Int
  /// Where the elements are kept.
  public let layout: Layout
  /// What each chunk went through when it was written, in order.
  public let filters: [Filter]
  /// The bytes the elements take in the file.
  ///
  /// 0 for a dataset that was never written: it reads as its fill value.
  public let storageSize: Int
  /// Where in the file the elements begin, counted from its start.
  ///
  /// Nil unless the layout is contiguous and the dataset was written.
  public let fileOffset: Int?

  /// The number of elements.
  ///
  /// Nil if it does not fit in an `Int`, or is not known because the dataset is virtual.
  public let count: Int?

  init(_ object: consuming Object) throws(HDF5Error) {
    let id = object.handle.id
    guard H5Iget_type(id) == H5I_DATASET else {
      throw object.attempt(.open).failure(.mismatch(expected: "a dataset", found: object.kind))
    }
    let attempt = object.attempt(.read)
    let storage = try Storage(of: id, attempt)
    let type = try Handle(H5Dget_type(id), attempt)
    // To tell the extents or the size of a virtual dataset libhdf5 opens the files it is made of.
    let isVirtual = storage.layout == .virtual
    let extent = isVirtual ? nil : try Extent(ofDataset: id, attempt)

    shape = extent?.shape ?? []
    isNull = extent?.isNull ?? false
    count = extent?.count
    elementType = ElementType(describing: type.id)
    elementSize = H5Tget_size(type.id)
    layout = storage.layout
    filters = storage.filters
    storageSize = isVirtual ? 0 : Int(clamping: H5Dget_storage_size(id))
    fileOffset = layout == .contiguous ? Int(exactly: H5Dget_offset(id)) : nil
    self.object = object
  }

  /// The path by which the dataset was reached, from the root.
  public var path: String { object.path }

  /// The dataset's address in the file: the same for every path that leads to it.
  ///
  /// - Throws: ``HDF5Error`` if the dataset is damaged.
  public var address: UInt64 {
    get throws(HDF5Error) {
      library.lock()
      defer { library.unlock() }
      return try object.identity().address
    }
  }

  /// The number of hard links that lead to the dataset, as the file has it.
  ///
  /// - Throws: ``HDF5Error`` if the dataset is damaged.
  public var linkCount: Int {
    get throws(HDF5Error) {
      library.lock()
      defer { library.unlock() }
      return try object.identity().linkCount
    }
  }

  /// The names of the dataset's attributes, in the order of their bytes.
  ///
  /// - Throws: ``HDF5Error`` if they are damaged or too many.
  public var attributeNames: [String] {
    get throws(HDF5Error) {
      library.lock()
      defer { library.unlock() }
      return try object.attributeNames()
    }
  }

  /// Reads an attribute of the dataset.
  ///
  /// - Parameter name: The name of the attribute.
  /// - Returns: Its value, or nil if there is no attribute of that name.
  /// - Throws: ``HDF5Error`` if it is damaged or too large.
  public func attribute(_ name: String) throws(HDF5Error) -> AttributeValue? {
    library.lock()
    defer { library.unlock() }
    return try object.attribute(name)
  }
}
