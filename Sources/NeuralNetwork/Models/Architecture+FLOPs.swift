import Tensors

extension Architecture {
  /// Counts the floating-point operations of each layer for one example.
  ///
  /// Those of products count, a multiplication and an addition as two: of kernels with their
  /// inputs, and of queries, keys and values. Biases, activations, normalization and pooling do
  /// not, as usual for such figures. A convolution counts places in its padding, too.
  ///
  /// - Returns: The operations of all calls of each layer; `nil` if an input has an open extent, or
  ///   a layer does not support its input.
  public func floatingPointOperations() -> [(layer: Layer, count: Double)]? {
    guard !inputs.contains(where: { $0.extents.contains(nil) }) else { return nil }
    var counts: [ObjectIdentifier: Double] = [:]
    do throws(ShapeError) {
      try graph.forEachCall(inputShapes: inputShapes) { (call, shapes) throws(ShapeError) in
        counts[ObjectIdentifier(call.layer), default: 0] +=
          try call.layer.floatingPointOperations(inputShapes: shapes)
      }
    } catch {
      return nil
    }
    return layers.map { ($0, counts[ObjectIdentifier($0)] ?? 0) }
  }
}

extension Layer {
  /// The floating-point operations of products in a call for one example.
  fileprivate func floatingPointOperations(inputShapes: [Shape]) throws(ShapeError) -> Double {
    switch self {
    case let model as GraphModel:
      var count = 0.0
      try model.graph?.forEachCall(inputShapes: inputShapes) { (call, shapes) throws(ShapeError) in
        count += try call.layer.floatingPointOperations(inputShapes: shapes)
      }
      return count
    case let wrapper as TimeDistributed:
      let step = Shape(inputShapes[0].dropFirst())
      return try Double(inputShapes[0][0])
        * wrapper.layer.floatingPointOperations(inputShapes: [step])
    case let layer as MultiHeadAttention: return 2 * (try layer.productCount(inputShapes))
    case is BaseAttention:
      let output = try outputShapes(inputShapes: inputShapes)[0]
      let (query, value) = (inputShapes[0], inputShapes[1])
      return 2 * Double(value[0]) * (query.elements + output.elements)
    case let layer as EinsumDense:
      return 2 * (try layer.productCount(inputShape: inputShapes[0]))
    case let dot as Dot: return 2 * (try dot.productCount(inputShapes))
    default:
      let kernels = try weightSpecifications(inputShapes: inputShapes)
        .filter { $0.name.hasSuffix("kernel") }
      guard !kernels.isEmpty else { return 0 }
      let places: Double
      switch self {
      case is BaseRecurrent, is Bidirectional: places = Double(inputShapes[0][0])
      case let layer as BaseConvLSTM: places = try layer.places(inputShape: inputShapes[0])
      case is Conv1DTranspose, is Conv2DTranspose, is Conv3DTranspose:
        places = inputShapes[0].places
      default: places = try outputShapes(inputShapes: inputShapes)[0].places
      }
      return 2 * places * kernels.reduce(0) { $0 + $1.shape.elements }
    }
  }
}

extension Shape {
  /// The number of positions of vectors along the last axis.
  fileprivate var places: Double { Shape(dropLast()).elements }
}
