import Tensors

/// The window of a convolution or a pooling, as attributes of a node.
struct SlidingWindow {
  let size: Size2D
  let strides: Size2D
  var dilation: Size2D = 1
  let padding: Padding

  /// The attributes of a window that slides over an image.
  ///
  /// - Parameters:
  ///   - image: The shape of the image, `[height, width, channels]`.
  ///   - groups: The number of groups of channels.
  /// - Returns: The attributes that differ from ONNX's defaults, and the size of the window.
  func attributes(over image: Shape, groups: Int = 1) -> [AttributeProto] {
    func pads(_ extent: Int, _ size: Int, _ stride: Int, _ dilation: Int) -> Pads {
      guard padding == .same else { return Pads(total: 0) }
      let outputs = (extent + stride - 1) / stride
      return Pads(total: (outputs - 1) * stride + (size - 1) * dilation + 1 - extent)
    }
    return attributes(
      pads(image[0], size.height, strides.height, dilation.height),
      pads(image[1], size.width, strides.width, dilation.width), groups: groups)
  }

  /// The attributes of a transposed convolution.
  ///
  /// - Parameters:
  ///   - input: The shape of the input, `[height, width, channels]`.
  ///   - output: The shape of the output.
  /// - Returns: The attributes that differ from ONNX's defaults, and the size of the window.
  func attributes(from input: Shape, to output: Shape) -> [AttributeProto] {
    func surplus(_ input: Int, _ output: Int, _ size: Int, _ stride: Int, _ dilation: Int) -> Int {
      (input - 1) * stride + (size - 1) * dilation + 1 - output
    }
    let rows = surplus(input[0], output[0], size.height, strides.height, dilation.height)
    let columns = surplus(input[1], output[1], size.width, strides.width, dilation.width)
    let attributes = attributes(Pads(total: rows), Pads(total: columns))
    let missing = [max(-rows, 0), max(-columns, 0)]
    guard missing != [0, 0] else { return attributes }
    return attributes + [AttributeProto("output_padding", .integers(missing))]
  }

  /// The padding before and after the image along an axis; the larger half follows, as in Keras.
  private struct Pads {
    let before: Int
    let after: Int

    init(total: Int) {
      before = max(total, 0) / 2
      after = max(total, 0) - before
    }
  }

  private func attributes(_ rows: Pads, _ columns: Pads, groups: Int = 1) -> [AttributeProto] {
    var attributes = [AttributeProto("kernel_shape", .integers([size.height, size.width]))]
    if strides != 1 {
      attributes.append(AttributeProto("strides", .integers([strides.height, strides.width])))
    }
    if dilation != 1 {
      attributes.append(AttributeProto("dilations", .integers([dilation.height, dilation.width])))
    }
    let pads = [rows.before, columns.before, rows.after, columns.after]
    if pads != [0, 0, 0, 0] { attributes.append(AttributeProto("pads", .integers(pads))) }
    if groups != 1 { attributes.append(AttributeProto("group", .integer(groups))) }
    return attributes
  }
}
