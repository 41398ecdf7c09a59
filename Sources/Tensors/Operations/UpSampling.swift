import Preconditions
import CKernels

/// The interpolation method of upsampling; the names are Keras's.
///
/// ```swift
/// let images = Tensor([0, 1], shape: [1, 1, 2, 1])
/// let repeated = images.upSampled(Size2D(1, 2))  // 0, 0, 1, 1
/// let smooth = images.upSampled(Size2D(1, 2), interpolation: .bilinear)  // 0, 0.25, 0.75, 1
/// ```
public enum Interpolation: String, Sendable, CaseIterable {
  /// Nearest neighbour: each pixel is repeated.
  case nearest

  /// Bilinear interpolation between pixel centres; beyond the outermost centres, the border pixels
  /// are repeated.
  case bilinear
}

extension Tensor {
  /// Upsamples images by integer factors.
  ///
  /// - Parameters:
  ///   - size: The upsampling factors of height and width.
  ///   - interpolation: The interpolation method.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Returns: For images of shape `[batch, height, width, channels]`, images of shape
  ///   `[batch, height * size.height, width * size.width, channels]`.
  public func upSampled(
    _ size: Size2D, interpolation: Interpolation = .nearest, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Tensor {
    requireImages(file: file, line: line)
    let channels = shape[3]
    let output: Shape = [shape[0], shape[1] * size.height, shape[2] * size.width, channels]
    switch interpolation {
    case .nearest:
      // Each pixel is copied to all pixels of a window, as in the gradient of a sum.
      let window = Window(size, strides: size, padding: .valid, over: Shape(output.dropFirst()))
      guard let window else { return Tensor(zeros: output) }  // images without pixels
      return scattered(by: window, isMean: false)
        .computed(from: (self, { $0.gathered(by: window, isMean: false) }))
    case .bilinear:
      let upsampling = cairn_upsampling(
        height: Int64(shape[1]), width: Int64(shape[2]), channels: Int64(channels),
        row_factor: Int64(size.height), column_factor: Int64(size.width))
      return interpolated(
        to: output, { unsafe kernels.upsample_bilinear(upsampling, $0, $1) },
        gradient: { unsafe kernels.upsample_bilinear_gradient(upsampling, $0, $1) })
    }
  }
}
