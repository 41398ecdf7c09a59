import Preconditions
internal import CHDF5

/// A dataset that is written some rows at a time, so that it need never be in memory twice.
public struct RowWriter: ~Copyable {
  private let dataset: Handle
  private let shape: [Int]
  private let attempt: Attempt
  private var next = 0

  init(_ dataset: consuming Handle, shape: [Int], _ attempt: Attempt) {
    self.dataset = dataset
    self.shape = shape
    self.attempt = attempt
  }

  /// Writes the next rows.
  ///
  /// The corresponding C functions are `H5Sselect_hyperslab` and `H5Dwrite`.
  ///
  /// - Parameter values: The elements of whole rows, the last dimension varying fastest.
  /// - Throws: ``HDF5Error`` if memory runs out.
  /// - Precondition: There are still so many rows.
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
    library.lock()
    defer { library.unlock() }
    let space = try Handle(H5Dget_space(dataset.id), attempt)
    let start = [next] + shape.dropFirst().map { _ in 0 }
    let count = [rows] + shape.dropFirst()
    try attempt.check(
      H5Sselect_hyperslab(
        space.id, H5S_SELECT_SET, start.map { hsize_t($0) }, nil, count.map { hsize_t($0) }, nil))
    let memory = try Handle(H5Screate_simple(1, [hsize_t(values.count)], nil), attempt)
    try attempt.check(
      H5Dwrite(dataset.id, NumericTypes(Float.self).native, memory.id, space.id, 0, values))
    next += rows
  }
}

extension GroupWriter {
  /// Begins a dataset of 32-bit floats that is written some rows at a time.
  ///
  /// - Parameters:
  ///   - path: The path of the dataset from this group.
  ///   - shape: The extents of the dataset, at least one.
  /// - Returns: What writes the rows.
  /// - Throws: ``HDF5Error`` if the path is taken, or memory runs out.
  public func rows(of path: String, shape: [Int]) throws(HDF5Error) -> RowWriter {
    require(
      !shape.isEmpty && shape.allSatisfy { $0 >= 0 },
      "`shape` must have at least one axis and no negative extent, but is \(shape).")
    library.lock()
    defer { library.unlock() }
    var id: hid_t = -1
    try createDataset(path, type: NumericTypes(Float.self).stored, shape: shape) { dataset, _ in
      // Its owner there lets go of it.
      H5Iinc_ref(dataset)
      id = dataset
    }
    let attempt = attempt(.write, path)
    return RowWriter(try Handle(id, attempt), shape: shape, attempt)
  }
}
