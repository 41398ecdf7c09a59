import NeuralNetwork
import Tensors

extension Margins {
  /// The pixels that a window sees around an image.
  ///
  /// - Parameters:
  ///   - size: The size of the window.
  ///   - strides: The strides.
  ///   - dilation: The dilation rate.
  ///   - padding: The padding; for `.valid`, there are none.
  ///   - input: The shape of the image.
  ///   - output: The shape of the result.
  init(
    ofWindow size: Size2D, strides: Size2D, dilation: Size2D = 1, _ padding: Padding,
    over input: Shape,
    to output: Shape
  ) {
    func around(_ axis: Int, _ size: Int, _ stride: Int, _ dilation: Int) -> (Int, Int) {
      let window = (size - 1) * dilation + 1
      if padding == .causal { return (window - 1, 0) }
      guard padding == .same else { return (0, 0) }
      let count = max(0, (output[axis] - 1) * stride + window - input[axis])
      return (count / 2, count - count / 2)
    }
    let (top, bottom) = around(0, size.height, strides.height, dilation.height)
    let (left, right) = around(1, size.width, strides.width, dilation.width)
    self.init(top: top, bottom: bottom, left: left, right: right)
  }
}

/// The place of the result of a transposed convolution in what all its windows cover.
struct TransposedPlace {
  /// The pixels to cut off.
  let cut: Margins

  /// The pixels to add at the bottom and at the right, which no window covers.
  let more: (height: Int, width: Int)

  init(_ layer: Conv2DTranspose, over input: Shape, to output: Shape) {
    func place(
      _ axis: Int, _ size: Int, _ stride: Int, _ dilation: Int
    ) -> (before: Int, after: Int, more: Int) {
      let window = (size - 1) * dilation + 1
      let covered = (input[axis] - 1) * stride + window
      let before = layer.padding == .valid ? 0 : max(0, covered - output[axis]) / 2
      let end = before + output[axis]
      return (before, max(0, covered - end), max(0, end - covered))
    }
    let vertical = place(
      0, layer.kernelSize.height, layer.strides.height, layer.dilationRate.height)
    let horizontal = place(
      1, layer.kernelSize.width, layer.strides.width, layer.dilationRate.width)
    cut = Margins(
      top: vertical.before, bottom: vertical.after, left: horizontal.before,
      right: horizontal.after)
    more = (vertical.more, horizontal.more)
  }
}
