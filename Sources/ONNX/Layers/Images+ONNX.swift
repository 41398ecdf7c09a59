package import NeuralNetwork
import Tensors

extension ZeroPadding2D: PlanarLayer {
  /// Adds a `Pad`.
  func addNodes(to graph: GraphBuilder, _ inputs: [Value], of layer: Layer) -> Value {
    graph.padded(inputs[0], padding, with: 0)
  }
}

extension Cropping2D: PlanarLayer {
  /// Adds a `Slice`.
  func addNodes(to graph: GraphBuilder, _ inputs: [Value], of layer: Layer) -> Value {
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

extension UpSampling2D: PlanarLayer {
  /// Adds a `Resize`.
  func addNodes(to graph: GraphBuilder, _ inputs: [Value], of layer: Layer) -> Value {
    let extents = inputs[0].shape.dropLast()
    let factors = [size.height, size.width].suffix(extents.count)
    let enlarged = zip(extents, factors).map { $0 * $1 }
    return interpolation == .bilinear
      ? graph.resized(inputs[0], to: Size2D(enlarged[0], enlarged[1]), .bilinear)
      : graph.repeated(inputs[0], to: enlarged)
  }
}

extension GraphBuilder {
  /// Pads images or sequences with a value.
  fileprivate func padded(_ x: Value, _ margins: Margins, with value: Float) -> Value {
    let (before, after) = ends(margins, of: x)
    return padded(x, before: before, after: after, with: value)
  }

  /// Pads all axes but the channels with a value.
  func padded(_ x: Value, before: [Int], after: [Int], with value: Float) -> Value {
    guard (before + after).contains(where: { $0 != 0 }) else { return x }
    func pads(_ counts: [Int]) -> [Int] { [0] + x.layout.extents(counts + [0]) }
    let amounts = integers("pads", pads(before) + pads(after))
    let operands = [x.name, amounts] + (value == 0 ? [] : [scalar("fill_value", value)])
    let extents = before.indices.map { before[$0] + x.shape[$0] + after[$0] }
    return add(
      "Pad", operands, shape: Shape(extents + x.shape.suffix(1)), layout: x.layout)
  }

  /// The margins before and after each axis but the channels; those of a sequence are the columns.
  private func ends(_ margins: Margins, of x: Value) -> (before: [Int], after: [Int]) {
    let axes = x.shape.count - 1
    return (
      [margins.top, margins.left].suffix(axes), [margins.bottom, margins.right].suffix(axes)
    )
  }

  /// Crops the borders of images or sequences.
  fileprivate func cropped(_ x: Value, _ margins: Margins) -> Value {
    let (before, after) = ends(margins, of: x)
    return cropped(x, before: before, after: after)
  }

  /// Crops the borders of all axes but the channels.
  func cropped(_ x: Value, before starts: [Int], after: [Int]) -> Value {
    guard (starts + after).contains(where: { $0 != 0 }) else { return x }
    let ends = after.indices.map { x.shape[$0] - after[$0] }
    return add(
      "Slice",
      [
        x.name, integers("starts", starts), integers("ends", ends),
        integers("axes", starts.indices.map { x.axis($0 + 1) }),
      ], shape: Shape(zip(ends, starts).map { $0 - $1 } + x.shape.suffix(1)), layout: x.layout)
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
    return resize(x, to: [size.height, size.width], [AttributeProto("mode", .string("linear"))])
  }

  /// Repeats the elements along each axis but the channels.
  func repeated(_ x: Value, to extents: [Int]) -> Value {
    resize(
      x, to: extents,
      [
        AttributeProto("coordinate_transformation_mode", .string("asymmetric")),
        AttributeProto("mode", .string("nearest")),
        AttributeProto("nearest_mode", .string("floor")),
      ])
  }

  /// Adds a `Resize` to a value with channels first.
  fileprivate func resize(
    _ x: Value, to extents: [Int], _ attributes: [AttributeProto]
  ) -> Value {
    let x = channelsFirst(x)
    let scales = [1, 1] + zip(x.shape, extents).map(scale)
    return add(
      "Resize", [x.name, "", constant("scales", scales, extents: [scales.count])], attributes,
      shape: Shape(extents + x.shape.suffix(1)), layout: .channelsFirst)
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
