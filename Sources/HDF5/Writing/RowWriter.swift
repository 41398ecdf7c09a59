import Preconditions
internal import CHDF5

/// Writes a dataset row by row, so that its elements need not be in memory twice.
public struct RowWriter: ~Copyable {
  private let dataset: Handle
  private let shape: [Int]
  private let attempt: Attempt
  private var next = 0

  fileprivate init(_ dataset: consuming Handle, shape: [Int], _ attempt: Attempt) {
    self.dataset = dataset
    self.shape = shape
    self.attempt = attempt
  }

  /// Writes the next rows.
  ///
  /// The corresponding C functions are `H5Sselect_hyperslab` and `H5Dwrite`.
  ///
  /// - Parameter values: The elements of complete rows in C order.
  /// - Throws: ``HDF5Error`` if there is not enough memory.
  /// - Precondition: The dataset has at least this many rows left.
  public mutating func append(_ values: [Float]) throws(HDF5Error) {
    let size = shape.dropFirst().reduce(1, *)
    require(
      size > 0 && values.count % size == 0,
      "`values` must hold whole rows of \(size) elements, but has \(values.count).")
    let rows = values.count / size
    require(
      next + rows <= shape[0],
      "A dataset of \(shape[0]) rows cannot take \(rows) more after \(next).")
    guard rows > 0 else { return }
    let start = [next] + shape.dropFirst().map { _ in 0 }
    let count = [rows] + shape.dropFirst()
    try library.withLock { () throws(HDF5Error) in
      let space = try Handle(H5Dget_space(dataset.id), attempt)
      try unsafe attempt.call(
        H5Sselect_hyperslab(
          space.id, H5S_SELECT_SET, start.map { hsize_t($0) }, nil, count.map { hsize_t($0) }, nil))
      let memory = try unsafe Handle(H5Screate_simple(1, [hsize_t(values.count)], nil), attempt)
      try unsafe attempt.call(
        H5Dwrite(dataset.id, NumericTypes(Float.self).native, memory.id, space.id, 0, values))
    }
    next += rows
  }
}

extension GroupWriter {
  /// Creates a dataset of 32-bit floats that is written row by row.
  ///
  /// - Parameters:
  ///   - path: The path of the dataset from this group.
  ///   - shape: The extents of the dataset, at least one.
  /// - Returns: The writer of the rows.
  /// - Throws: ``HDF5Error`` if the path exists, or there is not enough memory.
  public func rows(of path: String, shape: [Int]) throws(HDF5Error) -> RowWriter {
    require(
      !shape.isEmpty && shape.allSatisfy { $0 >= 0 },
      "`shape` must have at least one axis and no negative extent, but is \(shape).")
    let type = NumericTypes(Float.self).stored
    return RowWriter(
      try library.withLock(try createDataset(path, type: type, shape: shape)), shape: shape,
      attempt(.write, path))
  }
}
