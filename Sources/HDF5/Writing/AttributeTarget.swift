internal import CHDF5

/// An attribute to write.
struct AttributeTarget {
  /// The object that gets the attribute.
  let object: hid_t
  /// The name of the attribute.
  let name: String
  /// The operation.
  let attempt: Attempt

  /// Writes numbers.
  func write<Element: DatasetElement>(_ values: [Element], shape: [Int]) throws(HDF5Error) {
    let types = NumericTypes(Element.self)
    let attribute = try create(type: types.stored, shape: shape)
    guard !values.isEmpty else { return }
    try unsafe attempt.call(H5Awrite(attribute.id, types.native, values))
  }

  /// Writes strings.
  func write(
    _ values: [String], shape: [Int], _ characterSet: ElementType.CharacterSet
  ) throws(HDF5Error) {
    let strings = try StringTarget(values, characterSet, attempt)
    let attribute = try create(type: strings.type.id, shape: shape)
    try unsafe strings.withPointers { pointers throws(HDF5Error) in
      try unsafe attempt.call(H5Awrite(attribute.id, strings.type.id, pointers))
    }
  }

  private func create(type: hid_t, shape: [Int]) throws(HDF5Error) -> Handle {
    let space = try Handle(creatingSpace: shape, attempt)
    return try unsafe Handle(H5Acreate2(object, name, type, space.id, 0, 0), attempt)
  }
}

extension Handle {
  /// Creates a dataspace: a scalar if `shape` is empty.
  init(creatingSpace shape: [Int], _ attempt: Attempt) throws(HDF5Error) {
    try unsafe self.init(
      shape.isEmpty
        ? H5Screate(H5S_SCALAR)
        : H5Screate_simple(Int32(shape.count), shape.map { hsize_t($0) }, nil), attempt)
  }
}
