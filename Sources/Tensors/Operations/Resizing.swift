import Preconditions
import CKernels

extension Tensor {
  /// Resizes images.
  ///
  /// Equals TensorFlow's `tf.image.resize` without antialiasing.
  ///
  /// - Parameters:
  ///   - size: The new height and width.
  ///   - interpolation: The interpolation method.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: For images of shape `[batch, height, width, channels]`, images of shape
  ///   `[batch, size.height, size.width, channels]`.
  public func resized(
    to size: Size2D, interpolation: Interpolation = .bilinear, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    requireImages(file: file, line: line)
    guard shape[1] != size.height || shape[2] != size.width else { return self }
    require(
      shape[1] > 0 && shape[2] > 0,
      "Images without pixels cannot be resized; the shape is \(shape).",
      file: file, line: line)
    let resizing = cairn_resizing(
      height: Int64(shape[1]), width: Int64(shape[2]), channels: Int64(shape[3]),
      output_height: Int64(size.height), output_width: Int64(size.width),
      is_bilinear: interpolation == .bilinear ? 1 : 0)
    return interpolated(
      to: [shape[0], size.height, size.width, shape[3]],
      { unsafe kernels.resize(resizing, $0, $1) },
      gradient: { unsafe kernels.resize_gradient(resizing, $0, $1) })
  }
}
