package import Tensors

extension Size2D {
  /// The extent along each axis: `[height, width]`.
  package var extents: [Int] { [height, width] }
}
