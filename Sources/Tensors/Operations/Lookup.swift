import Preconditions

extension Tensor {
  /// Returns rows of a matrix.
  ///
  /// - Parameters:
  ///   - indices: The numbers of the rows, of any shape.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: For a matrix of shape `[rows, columns]`, a tensor of the shape of the indices with
  ///   `columns` as the last axis. The gradient adds up those of equal rows, in the order of the
  ///   indices.
  /// - Precondition: The indices are whole numbers in `0..<rows`.
  public func rows(
    at indices: Tensor, file: StaticString = #fileID, line: UInt = #line
  ) -> Tensor {
    require(
      rank == 2, "Rows are those of a matrix, but the shape is \(shape).", file: file, line: line)
    let (count, columns) = (shape[0], shape[1])
    let places = indices.scalars.map { index -> Int in
      require(
        index >= 0 && index < Float(count) && index == index.rounded(),
        "Indices must be whole numbers in 0..<\(count), but one is \(index).", file: file,
        line: line)
      return Int(index)
    }
    return gathered(places, to: Shape(indices.shape.dimensions + [columns]), width: columns)
  }
}
