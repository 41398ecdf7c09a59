import NeuralNetwork
import Tensors

extension GraphBuilder {
  /// The mask of the first output of a layer: what `Layer.computeMask` returns.
  ///
  /// - Parameters:
  ///   - layer: The layer.
  ///   - inputs: The inputs of the call.
  /// - Returns: The mask; `nil` if all steps count.
  func mask(after layer: Layer, _ inputs: [Value]) -> StepMask? {
    guard layer.supportsMasking else { return nil }
    return switch layer {
    case let layer as Embedding: layer.mask(of: inputs[0], in: self)
    case let layer as Masking: layer.mask(of: inputs[0], in: self)
    case let layer as TimeDistributed: layer.mask(of: inputs[0])
    case let layer as MultiHeadAttention: layer.arranged(inputs)[0].mask
    case let layer as Concatenate: joinedMask(inputs, along: inputs[0].axes([layer.axis])[0])
    case is Merge: inputs.contains { $0.mask == nil } ? nil : anyMask(inputs)
    case is GlobalAveragePooling1D, is Dot: nil
    default: layer.passesMask ? inputs[0].mask : nil
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

  /// The mask of concatenated inputs.
  private func joinedMask(_ inputs: [Value], along axis: Int) -> StepMask? {
    guard let some = inputs.compactMap(\.mask).first else { return nil }
    let isAlongSteps = inputs[0].layout.axes(rank: inputs[0].shape.count + 1)[axis] == 1
    guard isAlongSteps else { return inputs.contains { $0.mask == nil } ? nil : anyMask(inputs) }
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
