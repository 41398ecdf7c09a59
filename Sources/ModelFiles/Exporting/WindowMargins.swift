import NeuralNetwork
import Tensors

/// A sliding window along one axis.
struct WindowAxis {
  let size: Int
  let stride: Int
  var dilation = 1

  /// The number of elements from the first to the last one under the window.
  private var reach: Int { (size - 1) * dilation + 1 }

  /// The elements that the window sees before and after an input.
  ///
  /// - Parameters:
  ///   - padding: The padding; for `.valid`, there are none.
  ///   - input: The extent of the input.
  ///   - output: The extent of the result.
  /// - Returns: The numbers of elements.
  func margins(_ padding: Padding, over input: Int, to output: Int) -> (before: Int, after: Int) {
    if padding == .causal { return (reach - 1, 0) }
    guard padding == .same else { return (0, 0) }
    let count = max(0, (output - 1) * stride + reach - input)
    return (count / 2, count - count / 2)
  }

  /// The place of the result of a transposed convolution in what all windows cover: the elements
  /// to cut off before and after, and those to add, which no window covers.
  func place(
    _ padding: Padding, over input: Int, to output: Int
  ) -> (before: Int, after: Int, more: Int) {
    let covered = (input - 1) * stride + reach
    let before = padding == .valid ? 0 : max(0, covered - output) / 2
    let end = before + output
    return (before, max(0, covered - end), max(0, end - covered))
  }
}

extension WindowAxis {
  /// The axes of a window over inputs of any number of axes.
  static func axes(_ size: [Int], strides: [Int], dilation: [Int]) -> [WindowAxis] {
    size.indices.map {
      WindowAxis(size: size[$0], stride: strides[$0], dilation: dilation[$0])
    }
  }

  /// The axes of a window over volumes.
  static func axes(_ size: Size3D, strides: Size3D, dilation: Size3D = 1) -> [WindowAxis] {
    axes(size.extents, strides: strides.extents, dilation: dilation.extents)
  }

  /// The axes of a window over images.
  fileprivate static func axes(
    _ size: Size2D, strides: Size2D, dilation: Size2D
  ) -> [WindowAxis] {
    axes(size.extents, strides: strides.extents, dilation: dilation.extents)
  }
}

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
    let axes = WindowAxis.axes(size, strides: strides, dilation: dilation)
    let (top, bottom) = axes[0].margins(padding, over: input[0], to: output[0])
    let (left, right) = axes[1].margins(padding, over: input[1], to: output[1])
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
    let axes = WindowAxis.axes(
      layer.kernelSize, strides: layer.strides, dilation: layer.dilationRate)
    let vertical = axes[0].place(layer.padding, over: input[0], to: output[0])
    let horizontal = axes[1].place(layer.padding, over: input[1], to: output[1])
    cut = Margins(
      top: vertical.before, bottom: vertical.after, left: horizontal.before,
      right: horizontal.after)
    more = (vertical.more, horizontal.more)
  }
}
