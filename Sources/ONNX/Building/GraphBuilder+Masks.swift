import NeuralNetwork
import Tensors

extension GraphBuilder {
  /// The mask of the outputs of a layer: what `Layer.computeMask` returns.
  ///
  /// - Parameters:
  ///   - layer: The layer.
  ///   - inputs: The inputs of the call.
  /// - Returns: The mask; `nil` if all steps count.
  func mask(after layer: Layer, _ inputs: [Value]) -> StepMask? {
    let rule = layer.maskRule(
      maskRanks: inputs.map { $0.mask?.extents.count }, inputRank: inputs[0].shape.count)
    return switch rule {
    case .none: nil
    case .made:
      (layer as? Embedding)?.mask(of: inputs[0], in: self)
        ?? (layer as? Masking)?.mask(of: inputs[0], in: self)
    case .passed(let input): inputs[input].mask
    case .anyInput: anyMask(inputs)
    case .joined: joinedMask(inputs)
    case .anyInStep: inputs[0].mask?.ofSteps
    }
  }

  /// The steps that count in one of the inputs.
  private func anyMask(_ inputs: [Value]) -> StepMask? {
    let masks = inputs.compactMap(\.mask)
    guard let first = masks.first else { return nil }
    return masks.dropFirst().reduce(first) { all, mask in
      let rank = max(all.extents.count, mask.extents.count)
      func extent(_ extents: [Int], _ axis: Int) -> Int {
        axis < extents.count ? extents[axis] : 1
      }
      let extents = (0..<rank).map { max(extent(all.extents, $0), extent(mask.extents, $0)) }
      return all.mapped(to: extents) { $0.addNode("Or", [$1, mask.name])[0] }
    }
  }

  /// The masks of inputs whose steps are concatenated.
  private func joinedMask(_ inputs: [Value]) -> StepMask? {
    guard let some = inputs.compactMap(\.mask).first else { return nil }
    let counts = inputs.map { $0.shape[0] }
    return some.mapped(to: [counts.reduce(0, +)] + some.extents.dropFirst()) { graph, name in
      // All steps of an input without a mask count.
      let isStep = graph.addNode("Or", [name, graph.addNode("Not", [name])[0]])[0]
      let first = [graph.integers("starts", [0]), graph.integers("ends", [1])]
      let one = graph.addNode("Slice", [isStep] + first + [graph.integers("axes", [1])])[0]
      let names = zip(inputs, counts).map { input, count in
        input.mask?.name
          ?? graph.addNode("Expand", [one, graph.integers("shape", [1, count])])[0]
      }
      return graph.addNode("Concat", names, [AttributeProto("axis", .integer(1))])[0]
    }
  }
}

extension StepMask {
  /// The mask of the steps: of a mask with more axes, the steps with anything that counts.
  var ofSteps: StepMask {
    guard extents.count > 1 else { return self }
    let axes = Array(2...extents.count)
    return mapped(to: [extents[0]]) { graph, name in
      let numbers = graph.cast(name, to: TensorProto.DataType.float)
      let any = graph.addNode(
        "ReduceMax", [numbers, graph.integers("inner_axes", axes)],
        [AttributeProto("keepdims", .integer(0))])[0]
      return graph.cast(any, to: TensorProto.DataType.boolean)
    }
  }
}
