import NeuralNetwork
import Tensors

/// Normalization in C.
extension CProgram {
  mutating func batchNormalization(
    _ layer: BatchNormalization, _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    let input = call.inputShapes[0]
    let axis = layer.axis < 0 ? layer.axis + input.count : layer.axis - 1
    let channels = input[axis]
    let (gamma, beta) = (try call.values("gamma"), try call.values("beta"))
    let mean = try call.values("moving_mean") ?? []
    let variance = try call.values("moving_variance") ?? []
    // In double precision, because the mean may be much larger than the deviation.
    let scales = (0..<channels).map { channel -> Double in
      let deviation: Double = (Double(variance[channel]) + layer.epsilon).squareRoot()
      return Double(gamma?[channel] ?? 1) / deviation
    }
    let shifts = (0..<channels).map { channel -> Double in
      let centre = Double(mean[channel]) * scales[channel]
      return Double(beta?[channel] ?? 0) - centre
    }
    add(
      .affine,
      [
        place(of: call.inputs[0]), place(ofResult: index), input.elementCount, channels,
        input.dimensions[(axis + 1)...].reduce(1, *),
        table(call, "scale", scales.map { Float($0) }),
        table(call, "shift", shifts.map { Float($0) }),
      ])
  }

  mutating func layerNormalization(
    _ layer: LayerNormalization, _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    let (x, y) = (place(of: call.inputs[0]), place(ofResult: index))
    let (gamma, beta) = (try table(call, variable: "gamma"), try table(call, variable: "beta"))
    alongAxes(layer.axes, of: call.inputShapes[0], x, to: y, index) { program, x, y, block in
      program.add(
        .layer_norm,
        [x, y, block.outer, block.count, block.inner, gamma, beta, Float(layer.epsilon)])
    }
  }

  mutating func groupNormalization(
    _ layer: GroupNormalization, _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    let extents = call.inputShapes[0].dimensions
    let axis = layer.axis < 0 ? layer.axis + extents.count : layer.axis - 1
    let groups = layer.groupCount(extents[axis])
    add(
      .group_norm,
      [
        place(of: call.inputs[0]), place(ofResult: index), extents[..<axis].reduce(1, *), groups,
        extents[axis] / groups, extents[(axis + 1)...].reduce(1, *),
        try table(call, variable: "gamma"), try table(call, variable: "beta"), Float(layer.epsilon),
      ])
  }

  mutating func unitNormalization(
    _ axes: [Int], atLeast norm: Float, of shape: Shape, _ x: String, to y: String, _ index: Int
  ) {
    alongAxes(axes, of: shape, x, to: y, index) { program, x, y, block in
      program.add(.unit_norm, [x, y, block.outer, block.count, block.inner, norm])
    }
  }

  mutating func normalization(
    _ layer: Normalization, _ call: InferenceGraph.Call, _ index: Int
  ) throws(CheckpointError) {
    let (input, statistics) = (call.inputShapes[0], try NormalizationStatistics(layer, call))
    let shape = Shape(statistics.shape)
    let (mean, n, inner) = Self.compact(statistics.mean, shape, over: input)
    let deviation = Self.compact(statistics.deviation, shape, over: input).values
    let tables = (table(call, "mean", mean), table(call, "deviation", deviation))
    let (x, y) = (place(of: call.inputs[0]), place(ofResult: index))
    if layer.invert {
      add(.affine, [x, y, input.elementCount, n, inner, tables.1, tables.0])
    } else {
      add(.standardize, [x, y, input.elementCount, n, inner, tables.0, tables.1])
    }
  }
}
