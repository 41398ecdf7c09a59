import CKernels

/// Windows that do not read the last rows and columns of an image, as a pooling of 2 × 2 does with
/// 11 × 11 pixels, and windows that do not compute them.
extension Window {
  /// The rows and columns that the window reads, from the first ones on; `nil` if it reads all.
  var extentRead: Size2D? {
    func read(
      _ extent: Int64, _ size: Int64, _ stride: Int64, _ dilation: Int64, _ before: Int64,
      outputs: Int64
    ) -> Int {
      Int(min(extent, (outputs - 1) * stride + (size - 1) * dilation + 1 - before))
    }
    let w = kernel
    let height = read(
      w.height, w.window_height, w.stride_height, w.dilation_height, w.padding_top,
      outputs: w.output_height)
    let width = read(
      w.width, w.window_width, w.stride_width, w.dilation_width, w.padding_left,
      outputs: w.output_width)
    guard height > 0, width > 0, height < inputHeight || width < inputWidth else { return nil }
    return Size2D(height, width)
  }

  /// The same window over images with only the rows and columns that it reads.
  ///
  /// - Parameter extent: That of ``extentRead``.
  /// - Returns: The window.
  func croppedInput(to extent: Size2D) -> Window {
    var window = kernel
    (window.height, window.width) = (Int64(extent.height), Int64(extent.width))
    return Window(window)
  }

  /// The same window, which gives only the first rows and columns of its output.
  ///
  /// - Parameter extent: How many.
  /// - Returns: The window.
  func croppedOutput(to extent: Size2D) -> Window {
    var window = kernel
    (window.output_height, window.output_width) = (Int64(extent.height), Int64(extent.width))
    return Window(window)
  }
}
