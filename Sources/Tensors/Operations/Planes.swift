extension Tensor {
  /// Returns planes of volumes.
  ///
  /// - Parameters:
  ///   - depths: The depth of each plane; `nil` for one outside of the volume.
  ///   - outside: The elements of the planes outside of the volume.
  /// - Returns: For volumes of shape `[batch, depth, height, width, channels]`, images of shape
  ///   `[batch · depths.count, height, width, channels]`.
  package func planes(at depths: [Int?], outside: Float = 0) -> Tensor {
    let (batch, depth) = (shape[0], shape[1])
    let image = Array(shape.dropFirst(2))
    let count = image.reduce(1, *)
    var rows = reshaped([batch * depth, count])
    if depths.contains(nil) {
      rows = Tensor(
        concatenating: [rows, Tensor(repeating: outside, shape: [1, count])], axis: 0)
    }
    let indices = (0..<batch).flatMap { example in
      depths.map { Float($0.map { example * depth + $0 } ?? batch * depth) }
    }
    return rows.rows(at: Tensor(indices)).reshaped(Shape([indices.count] + image))
  }
}
