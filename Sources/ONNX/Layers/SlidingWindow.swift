import NeuralNetwork
import Tensors

/// The window of a convolution or a pooling over images or volumes, as attributes of a node; over
/// sequences, its columns are the steps.
struct SlidingWindow {
  /// The size, the strides and the dilation rate along each axis.
  private let (size, strides, dilation): ([Int], [Int], [Int])
  private let padding: Padding

  /// Creates a window over inputs of any number of axes.
  init(size: [Int], strides: [Int], dilation: [Int], padding: Padding) {
    (self.size, self.strides) = (size, strides)
    (self.dilation, self.padding) = (dilation, padding)
  }

  /// Creates a window over images or sequences.
  init(size: Size2D, strides: Size2D, dilation: Size2D = 1, padding: Padding) {
    self.init(
      size: size.extents, strides: strides.extents, dilation: dilation.extents, padding: padding)
  }

  /// Creates a window over volumes.
  init(size: Size3D, strides: Size3D, dilation: Size3D = 1, padding: Padding) {
    self.init(
      size: size.extents, strides: strides.extents, dilation: dilation.extents, padding: padding)
  }

  /// The attributes of a window that slides over its input.
  ///
  /// - Parameters:
  ///   - input: The shape of the input, such as `[height, width, channels]` or `[steps, channels]`.
  ///   - groups: The number of groups of channels.
  /// - Returns: The attributes that differ from ONNX's defaults, and the size of the window.
  func attributes(over input: Shape, groups: Int = 1) -> [AttributeProto] {
    let axes = axes(of: input)
    return attributes(
      axes,
      pads: axes.map { axis in
        switch padding {
        case .valid: return Pads(before: 0, after: 0)
        case .causal: return Pads(before: axis.reach - 1, after: 0)
        case .same:
          let outputs = (axis.extent + axis.stride - 1) / axis.stride
          return Pads(total: (outputs - 1) * axis.stride + axis.reach - axis.extent)
        }
      }, groups: groups)
  }

  /// The attributes of a transposed convolution.
  ///
  /// - Parameters:
  ///   - input: The shape of the input, such as `[height, width, channels]` or `[steps, channels]`.
  ///   - output: The shape of the output.
  /// - Returns: The attributes that differ from ONNX's defaults, and the size of the window.
  func attributes(from input: Shape, to output: Shape) -> [AttributeProto] {
    let axes = axes(of: input)
    let surplus = zip(axes, output).map { axis, output in
      (axis.extent - 1) * axis.stride + axis.reach - output
    }
    let attributes = attributes(axes, pads: surplus.map(Pads.init(total:)))
    let missing = surplus.map { max(-$0, 0) }
    guard missing.contains(where: { $0 != 0 }) else { return attributes }
    return attributes + [AttributeProto("output_padding", .integers(missing))]
  }

  /// The window along an axis of the input.
  private struct Axis {
    let extent: Int
    let size: Int
    let stride: Int
    let dilation: Int

    /// The number of elements from the first to the last one under the window.
    var reach: Int { (size - 1) * dilation + 1 }
  }

  /// The axes of an input without its channels; those of a sequence are the columns of an image.
  private func axes(of input: Shape) -> [Axis] {
    let extents = Array(input.dropLast())
    let missing = size.count - extents.count
    return extents.indices.map { axis in
      Axis(
        extent: extents[axis], size: size[axis + missing], stride: strides[axis + missing],
        dilation: dilation[axis + missing])
    }
  }

  /// The padding before and after the input along an axis.
  private struct Pads {
    let before: Int
    let after: Int

    init(before: Int, after: Int) { (self.before, self.after) = (before, after) }

    /// The larger half follows, as in Keras.
    init(total: Int) {
      let total = max(total, 0)
      self.init(before: total / 2, after: total - total / 2)
    }
  }

  private func attributes(_ axes: [Axis], pads: [Pads], groups: Int = 1) -> [AttributeProto] {
    var attributes = [AttributeProto("kernel_shape", .integers(axes.map(\.size)))]
    func add(_ name: String, _ values: [Int], default value: Int) {
      guard values.contains(where: { $0 != value }) else { return }
      attributes.append(AttributeProto(name, .integers(values)))
    }
    add("strides", axes.map(\.stride), default: 1)
    add("dilations", axes.map(\.dilation), default: 1)
    add("pads", pads.map(\.before) + pads.map(\.after), default: 0)
    if groups != 1 { attributes.append(AttributeProto("group", .integer(groups))) }
    return attributes
  }
}
