package import NeuralNetwork
import Tensors

extension ZeroPadding2D: ONNXLayer {
  /// Adds a `Pad`.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    graph.padded(inputs[0], padding, with: 0)
  }
}

extension Cropping2D: ONNXLayer {
  /// Adds a `Slice`.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    graph.cropped(inputs[0], cropping)
  }
}

extension CenterCrop: ONNXLayer {
  /// Adds a `Slice`, and a `Resize` for images smaller than the target.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    let shape = inputs[0].shape
    guard shape[0] >= size.height, shape[1] >= size.width else {
      return graph.croppedToAspectRatio(inputs[0], of: size)
    }
    return graph.cropped(inputs[0], Margins(around: size, in: shape))
  }
}

extension RandomCrop: ONNXLayer {
  /// Adds what the layer does at inference: a `Slice` to the aspect ratio, and a `Resize`.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    graph.croppedToAspectRatio(inputs[0], of: size)
  }
}

extension Resizing: ONNXLayer {
  /// Adds a `Slice` or a `Pad` to the aspect ratio, and a `Resize`.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    let shape = inputs[0].shape
    let fitted =
      switch aspectRatio {
      case .distort: inputs[0]
      case .crop:
        graph.cropped(
          inputs[0],
          Margins(croppingToAspectRatioOf: size, shape, precision: Float.self))
      case .pad(let value):
        graph.padded(inputs[0], Margins(paddingToAspectRatioOf: size, shape), with: value)
      }
    return graph.resized(fitted, to: size, interpolation)
  }
}

extension UpSampling2D: ONNXLayer {
  /// Adds a `Resize`.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    let shape = inputs[0].shape
    let enlarged = Size2D(shape[0] * size.height, shape[1] * size.width)
    return interpolation == .bilinear
      ? graph.resized(inputs[0], to: enlarged, .bilinear)
      : graph.resize(
        inputs[0], to: enlarged,
        [
          AttributeProto("coordinate_transformation_mode", .string("asymmetric")),
          AttributeProto("mode", .string("nearest")),
          AttributeProto("nearest_mode", .string("floor")),
        ])
  }
}

extension GraphBuilder {
  /// Pads images with a value.
  fileprivate func padded(_ x: Value, _ margins: Margins, with value: Float) -> Value {
    guard margins != 0 else { return x }
    func pads(_ rows: Int, _ columns: Int) -> [Int] { [0] + x.layout.extents([rows, columns, 0]) }
    let amounts = integers(
      "pads", pads(margins.top, margins.left) + pads(margins.bottom, margins.right))
    let operands = [x.name, amounts] + (value == 0 ? [] : [scalar("fill_value", value)])
    let (height, width) = (x.shape[0], x.shape[1])
    return add(
      "Pad", operands,
      shape: [
        margins.top + height + margins.bottom, margins.left + width + margins.right, x.shape[2],
      ], layout: x.layout)
  }

  /// Crops the borders of images.
  fileprivate func cropped(_ x: Value, _ margins: Margins) -> Value {
    guard margins != 0 else { return x }
    let ends = [x.shape[0] - margins.bottom, x.shape[1] - margins.right]
    return add(
      "Slice",
      [
        x.name, integers("starts", [margins.top, margins.left]), integers("ends", ends),
        integers("axes", [x.axis(1), x.axis(2)]),
      ], shape: [ends[0] - margins.top, ends[1] - margins.left, x.shape[2]], layout: x.layout)
  }

  /// Crops images to an aspect ratio and resizes them.
  fileprivate func croppedToAspectRatio(_ x: Value, of size: Size2D) -> Value {
    let margins = Margins(croppingToAspectRatioOf: size, x.shape, precision: Double.self)
    return resized(cropped(x, margins), to: size, .bilinear)
  }

  /// Resizes images.
  fileprivate func resized(
    _ x: Value, to size: Size2D, _ interpolation: Interpolation
  ) -> Value {
    guard x.shape[0] != size.height || x.shape[1] != size.width else { return x }
    guard interpolation == .bilinear else { return gathered(x, to: size) }
    return resize(x, to: size, [AttributeProto("mode", .string("linear"))])
  }

  /// Adds a `Resize` to images with channels first.
  fileprivate func resize(
    _ x: Value, to size: Size2D, _ attributes: [AttributeProto]
  ) -> Value {
    let x = channelsFirst(x)
    let scales = [1, 1, scale(x.shape[0], size.height), scale(x.shape[1], size.width)]
    return add(
      "Resize", [x.name, "", constant("scales", scales, extents: [4])], attributes,
      shape: [size.height, size.width, x.shape[2]], layout: .channelsFirst)
  }

  /// The quotient of two extents, rounded so that its product with the first is not below the
  /// second: runtimes round that product down.
  ///
  /// The sizes themselves would need an extent of the batch, or the attribute `axes`, with which
  /// ONNX Runtime 1.32 fails behind a `Transpose`.
  private func scale(_ extent: Int, _ target: Int) -> Float {
    var scale = Float(target) / Float(extent)
    while Double(scale) * Double(extent) < Double(target) { scale = scale.nextUp }
    return scale
  }

  /// Takes the nearest rows and columns, whose indices do not depend on a runtime's rounding.
  private func gathered(_ x: Value, to size: Size2D) -> Value {
    func nearest(_ extent: Int, _ target: Int) -> [Int] {
      let ramp = Tensor((0..<extent).map(Float.init), shape: [1, extent, 1, 1])
      return ramp.resized(to: Size2D(target, 1), interpolation: .nearest).scalars.map { Int($0) }
    }
    let rows = integers("rows", nearest(x.shape[0], size.height))
    let columns = integers("columns", nearest(x.shape[1], size.width))
    let tall = add(
      "Gather", [x.name, rows], [AttributeProto("axis", .integer(x.axis(1)))],
      shape: [size.height, x.shape[1], x.shape[2]], layout: x.layout)
    return add(
      "Gather", [tall.name, columns], [AttributeProto("axis", .integer(x.axis(2)))],
      shape: [size.height, size.width, x.shape[2]], layout: x.layout)
  }
}
