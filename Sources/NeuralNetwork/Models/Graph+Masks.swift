extension Graph {
  /// The recurrent layers that take states, and an input that may have a mask, in a call.
  var maskedWithStates: [Layer] {
    var masked: [Layer] = []
    let masks = masksOfCalls(inputs: inputNames.map { _ in false }, &masked)
    return layers.filter { layer in
      layer.stateCount > 0
        && calls.contains { call in
          guard call.layer === layer, call.inputs.count > 1,
            case .call(let maker, let output) = call.inputs[0]
          else { return false }
          return masks[maker][output]
        }
    }
  }

  /// The layers of multi-head attention that may get a mask.
  var maskedAttention: [MultiHeadAttention] {
    var masked: [Layer] = []
    _ = masksOfCalls(inputs: inputNames.map { _ in false }, &masked)
    return layers.compactMap { layer in
      masked.contains { $0 === layer } ? layer as? MultiHeadAttention : nil
    }
  }

  /// The layers of multi-head attention with an input that may have a mask and that other calls
  /// take, too.
  ///
  /// Keras 3 removes the mask in the first of the calls that it runs. Source: `call` in
  /// keras/src/layers/attention/multi_head_attention.py.
  var attentionWithSharedMasks: [MultiHeadAttention] {
    var masked: [Layer] = []
    let masks = masksOfCalls(inputs: inputNames.map { _ in false }, &masked)
    return calls.indices.compactMap { index in
      guard let layer = calls[index].layer as? MultiHeadAttention else { return nil }
      let isShared = calls[index].inputs.contains { source in
        guard case .call(let maker, let output) = source, masks[maker][output] else { return false }
        return calls.indices.contains { $0 != index && calls[$0].inputs.contains(source) }
      }
      return isShared ? layer : nil
    }
  }

  /// Finds the layers that get a mask, including those of inner models.
  ///
  /// - Parameters:
  ///   - inputs: Whether each of the model's inputs has a mask.
  ///   - masked: The layers that get a mask are added.
  /// - Returns: Whether each of the model's outputs has a mask.
  func findMasked(inputs: [Bool], _ masked: inout [Layer]) -> [Bool] {
    let results = masksOfCalls(inputs: inputs, &masked)
    return outputs.map { source in
      switch source {
      case .input(let index): inputs[index]
      case .call(let index, let output): results[index][output]
      }
    }
  }

  /// Whether each output of each call has a mask; the layers that get one are added to `masked`.
  private func masksOfCalls(inputs: [Bool], _ masked: inout [Layer]) -> [[Bool]] {
    var results: [[Bool]] = []
    func hasMask(_ source: Source) -> Bool {
      switch source {
      case .input(let index): inputs[index]
      case .call(let index, let output): results[index][output]
      }
    }
    for call in calls {
      let layer = call.layer
      let inputs = call.inputs.map(hasMask)
      if inputs.contains(true) { masked.append(layer) }
      if let graph = (layer as? GraphModel)?.graph {
        results.append(graph.findMasked(inputs: inputs, &masked))
        continue
      }
      if let graph = (layer as? TimeDistributed)?.model?.graph {
        _ = graph.findMasked(inputs: [inputs[0]], &masked)
      }
      let isMasked = layer.stateCount > 0 ? inputs[0] : inputs.contains(true)
      let passes = isMasked && layer.passesMask
      // Only the first output of a recurrent layer has a mask; its states have none.
      results.append(
        (0..<layer.outputCount).map { $0 == 0 && (layer.makesMask || passes) })
    }
    return results
  }
}
