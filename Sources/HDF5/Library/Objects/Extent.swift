internal import CHDF5

/// The shape of a dataset or an attribute.
struct Extent {
  /// The extents; empty for a scalar and for a null dataspace.
  let shape: [Int]
  /// Whether the dataspace is null.
  let isNull: Bool
  /// The number of elements, or nil if it does not fit in an `Int`.
  let count: Int?

  init(ofDataset dataset: hid_t, _ attempt: Attempt) throws(HDF5Error) {
    let space = try Handle(H5Dget_space(dataset), attempt)
    try self.init(of: space.id, attempt)
  }

  init(of space: hid_t, _ attempt: Attempt) throws(HDF5Error) {
    switch H5Sget_simple_extent_type(space) {
    case H5S_NULL:
      (shape, isNull, count) = ([], true, 0)
    case H5S_SCALAR:
      (shape, isNull, count) = ([], false, 1)
    case H5S_SIMPLE:
      var dimensions = [hsize_t](repeating: 0, count: Int(H5S_MAX_RANK))
      let rank = try unsafe attempt.call(H5Sget_simple_extent_dims(space, &dimensions, nil))
      let shape = dimensions.prefix(Int(rank)).map { Int(clamping: $0) }
      (self.shape, isNull, count) = (shape, false, shape.checkedProduct)
    default:
      throw attempt.failure()
    }
  }
}

extension Sequence<Int> {
  /// The product of the numbers, or nil if it does not fit in an `Int`.
  var checkedProduct: Int? {
    var product = 1
    var overflows = false
    for factor in self {
      // The product is 0 even if that of the other factors overflows.
      if factor == 0 { return 0 }
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      overflows = overflows || overflow
      product = next
    }
    return overflows ? nil : product
  }
}
