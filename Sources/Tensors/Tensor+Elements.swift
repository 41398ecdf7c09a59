import Preconditions

extension Tensor {
  /// The element at the given indices, one for each axis; negative indices count from the end.
  ///
  /// ```swift
  /// var identity = Tensor(zeros: [2, 2])
  /// (identity[0, 0], identity[1, 1]) = (1, 1)
  /// ```
  ///
  /// No gradient passes through the element; use ``slice(_:axis:file:line:)`` for that.
  ///
  /// - Precondition: There are as many indices as axes, each within its extent; a tensor to change
  ///   was not recorded by a gradient tape.
  public subscript(_ indexes: Int...) -> Float {
    get {
      let position = position(of: indexes)
      return unsafe withUnsafePointer { unsafe $0[position] }
    }
    set {
      let position = position(of: indexes)
      unsafe withUnsafeMutablePointer { unsafe $0[position] = newValue }
    }
  }

  /// The position of an element in memory.
  private func position(of indexes: [Int]) -> Int {
    require(
      indexes.count == rank,
      "An element of a tensor of shape \(shape) needs \(rank) indexes, but got \(indexes.count).")
    return zip(indexes, shape).reduce(0) { position, next in
      let (given, extent) = next
      let index = given < 0 ? given + extent : given
      require(
        index >= 0 && index < extent,
        "An index must be from \(-extent) to \(extent - 1) in the shape \(shape), but is \(given).")
      return position * extent + index
    }
  }
}
