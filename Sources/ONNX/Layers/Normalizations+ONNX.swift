package import NeuralNetwork
import Tensors

extension BatchNormalization: ONNXLayer {
  /// Adds a `BatchNormalization` if the axis is the second one in the graph, otherwise a factor and
  /// an offset.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    let x = inputs[0]
    let axis = x.axes([axis])[0]
    let channels = movingMean.shape[0]
    func weight(_ name: String, _ index: Int) -> String {
      graph.weight(name, of: self, [index], extents: [channels])
    }
    func constant(_ name: String, _ value: Float) -> String {
      graph.constant(name, Array(repeating: value, count: channels), extents: [channels])
    }
    let mean = weights.count - 2
    guard axis != 1 else {
      let operands = [
        scale ? weight("gamma", 0) : constant("gamma", 1),
        center ? weight("beta", mean - 1) : constant("beta", 0),
        weight("moving_mean", mean), weight("moving_variance", mean + 1),
      ]
      return graph.map(
        "BatchNormalization", x, operands, [AttributeProto("epsilon", .float(Float(epsilon)))])
    }
    let extents = [channels] + Array(repeating: 1, count: x.shape.count - axis)
    let (epsilon, scale, center) = (Float(epsilon), scale, center)
    // γ / √(σ² + ε), and β less μ times that.
    func factor(_ weights: [Tensor]) -> Tensor {
      let inverse = Tensor(
        weights[mean + 1].scalars.map { 1 / ($0 + epsilon).squareRoot() },
        shape: weights[mean + 1].shape)
      return scale ? inverse * weights[0] : inverse
    }
    let indices = Array(weights.indices)
    let factors = graph.weight("scale", of: self, indices, extents: extents, form: factor)
    let offsets = graph.weight("offset", of: self, indices, extents: extents) { weights in
      let shift = weights[mean] * factor(weights)
      return center ? weights[mean - 1] - shift : shift * -1
    }
    return graph.map("Add", graph.map("Mul", x, [factors]), [offsets])
  }
}

extension LayerNormalization: ONNXLayer {
  /// Adds a `LayerNormalization`, between `Transpose`s unless the axes are the last in the graph.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    let rank = inputs[0].shape.count
    func isTrailing(_ x: Value) -> Bool { x.axes(axes) == Array(rank + 1 - axes.count...rank) }
    let x = isTrailing(inputs[0]) ? inputs[0] : graph.channelsLast(inputs[0])
    guard !isTrailing(x) else { return normalized(x, graph) }
    let positions = x.axes(axes)
    let order = (0...rank).filter { !positions.contains($0) } + positions
    let moved = graph.add(
      "Transpose", [x.name], [AttributeProto("perm", .integers(order))],
      shape: Shape(order.dropFirst().map { x.shape[$0 - 1] }))
    let y = normalized(moved, graph)
    let back = (0...rank).map { axis in order.firstIndex(of: axis) ?? axis }
    return graph.add(
      "Transpose", [y.name], [AttributeProto("perm", .integers(back))], shape: x.shape)
  }

  /// Normalizes over the last axes in the graph.
  private func normalized(_ x: Value, _ graph: GraphBuilder) -> Value {
    let extents = Array(x.extents.suffix(axes.count))
    // As in Keras, the elements of gamma and beta belong to the axes in ascending order.
    let isSwapped = x.layout == .channelsFirst && extents.count == x.shape.count
    func weight(_ name: String, _ index: Int) -> String {
      graph.weight(name, of: self, [index], extents: extents) {
        guard isSwapped else { return $0[0] }
        return x.layout.ordered($0[0].reshaped(x.shape))
      }
    }
    let gamma =
      scale
      ? weight("gamma", 0)
      : graph.constant(
        "gamma", Array(repeating: 1, count: extents.reduce(1, *)), extents: extents)
    return graph.map(
      "LayerNormalization", x, [gamma] + (center ? [weight("beta", scale ? 1 : 0)] : []),
      [
        AttributeProto("axis", .integer(x.shape.count + 1 - axes.count)),
        AttributeProto("epsilon", .float(Float(epsilon))),
      ])
  }
}

extension GroupNormalization: ONNXLayer {
  /// Adds an `InstanceNormalization` with the groups as channels, then `Mul` and `Add`: the
  /// operator `GroupNormalization` is newer than the operator set.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    let rank = inputs[0].shape.count
    let position = axis < 0 ? axis + rank + 1 : axis
    guard rank > 1, position != 1 else { return normalized(graph.channelsLast(inputs[0]), graph) }
    guard position != rank else { return normalized(graph.channelsFirst(inputs[0]), graph) }
    let x = graph.channelsLast(inputs[0])
    let order = [0, position] + (1...rank).filter { $0 != position }
    let moved = graph.add(
      "Transpose", [x.name], [AttributeProto("perm", .integers(order))],
      shape: Shape(order.dropFirst().map { x.shape[$0 - 1] }))
    let back = order.indices.map { axis in order.firstIndex(of: axis) ?? axis }
    return graph.add(
      "Transpose", [normalized(moved, graph).name], [AttributeProto("perm", .integers(back))],
      shape: x.shape)
  }

  /// Normalizes a value whose channels are the second axis in the graph.
  private func normalized(_ x: Value, _ graph: GraphBuilder) -> Value {
    let channels = x.extents[0]
    let groups = groupCount(channels)
    func constant(_ name: String, _ value: Float) -> String {
      graph.constant(name, Array(repeating: value, count: groups), extents: [groups])
    }
    // 0 stands for the batch.
    let split = graph.addNode("Reshape", [x.name, graph.integers("groups", [0, groups, -1])])[0]
    let normalized = graph.addNode(
      "InstanceNormalization", [split, constant("one", 1), constant("zero", 0)],
      [AttributeProto("epsilon", .float(Float(epsilon)))])[0]
    var y = graph.add(
      "Reshape", [normalized, graph.integers("shape", [0] + x.extents)], shape: x.shape,
      layout: x.layout)
    let extents = [channels] + Array(repeating: 1, count: x.extents.count - 1)
    if scale { y = graph.map("Mul", y, [graph.weight("gamma", of: self, [0], extents: extents)]) }
    if center {
      y = graph.map(
        "Add", y, [graph.weight("beta", of: self, [scale ? 1 : 0], extents: extents)])
    }
    return y
  }
}

extension UnitNormalization: ONNXLayer {
  /// Adds the quotient of the input and its norm.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    graph.unitNormalized(inputs[0], axes: inputs[0].axes(axes), atLeast: 1e-12)
  }
}

extension GraphBuilder {
  /// Divides by the L2 norm over axes of the graph, or by a least norm where that is greater.
  func unitNormalized(_ x: Value, axes: [Int], atLeast norm: Float) -> Value {
    let squares = addNode("ReduceSumSquare", [x.name, integers("axes", axes)])[0]
    let limited = addNode("Max", [squares, scalar("least", norm * norm)])[0]
    return map("Div", x, [addNode("Sqrt", [limited])[0]])
  }
}

extension Normalization: ONNXLayer {
  /// Adds `Sub` and `Div`, or their inverse.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    let x = inputs[0]
    let kept = Set(axes.map { $0 < 0 ? $0 + x.shape.count + 1 : $0 })
    let row = x.shape.indices.map { kept.contains($0 + 1) ? x.shape[$0] : 1 }
    let extents = x.layout.extents(row)
    /// The values in the order of the graph.
    func ordered(_ values: Tensor) -> Tensor { x.layout.ordered(values.reshaped(Shape(row))) }
    func operand(
      _ name: String, _ given: Coefficients?, _ index: Int, _ transform: @escaping (Float) -> Float
    ) -> String {
      func transformed(_ values: Tensor) -> Tensor {
        Tensor(values.scalars.map(transform), shape: values.shape)
      }
      guard let given else {
        return graph.weight(name, of: self, [index], extents: extents) {
          ordered(transformed($0[0]))
        }
      }
      // A list has one value for each index of the last kept axis.
      let values = given.numbers.map { Float($0) }
      let list = Shape(row.indices.map { $0 + 1 == kept.max() ? values.count : 1 })
      let all = ordered(transformed(Tensor(values, shape: list).broadcast(to: Shape(row))))
      return graph.constant(name, all.scalars, extents: extents)
    }
    let mean = operand("mean", mean, 0) { $0 }
    let deviation = operand("deviation", variance, 1) { max($0.squareRoot(), 1e-7) }
    return invert
      ? graph.map("Add", graph.map("Mul", x, [deviation]), [mean])
      : graph.map("Div", graph.map("Sub", x, [mean]), [deviation])
  }
}

extension Rescaling: ONNXLayer {
  /// Adds `Mul` and `Add`, without those that change nothing.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    let x = inputs[0]
    func operand(_ name: String, _ coefficients: Coefficients) -> String {
      let values = coefficients.numbers.map { Float($0) }
      guard case .list = coefficients else { return graph.scalar(name, values[0]) }
      let axis = x.axis(x.shape.count)
      return graph.constant(
        name, values, extents: [values.count] + Array(repeating: 1, count: x.shape.count - axis))
    }
    let y = scale == 1 ? x : graph.map("Mul", x, [operand("scale", scale)])
    return offset == 0 ? y : graph.map("Add", y, [operand("offset", offset)])
  }
}

extension LayerScale: ONNXLayer {
  /// Adds `Mul` with the factors of the channels.
  package func addNodes(to graph: GraphBuilder, _ inputs: [Value]) -> Value {
    let x = inputs[0]
    let after = x.shape.count - x.axis(x.shape.count)
    let factors = graph.weight(
      "gamma", of: self, [0], extents: [channels] + Array(repeating: 1, count: after))
    return graph.map("Mul", x, [factors])
  }
}

extension Coefficients {
  /// The numbers; one for a scalar.
  fileprivate var numbers: [Double] {
    switch self {
    case .scalar(let number): [number]
    case .list(let numbers): numbers
    }
  }
}
