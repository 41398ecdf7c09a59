extension Graph {
  /// The recurrent layers that take states, and an input that may have a mask, in a call.
  var maskedWithStates: [Layer] {
    var masked: [Layer] = []
    let masks = masksOfCalls(inputs: inputNames.map { _ in false }, &masked)
    return layers.filter { layer in
      layer.stateCount > 0
        && calls.contains { call in
          call.layer === layer && call.inputs.count > 1 && masks.ofCall(call.inputs[0])
        }
    }
  }

  /// The layers of softmax that take a mask as their second input.
  var maskedSoftmax: [Softmax] {
    layers.compactMap { layer in
      calls.contains { $0.layer === layer && $0.inputs.count > 1 } ? layer as? Softmax : nil
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
        masks.ofCall(source)
          && calls.indices.contains { $0 != index && calls[$0].inputs.contains(source) }
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
    let masks = masksOfCalls(inputs: inputs, &masked)
    return outputs.map(masks.of)
  }

  /// Whether each output of each call has a mask; the layers that get one are added to `masked`.
  private func masksOfCalls(inputs: [Bool], _ masked: inout [Layer]) -> Masks {
    var masks = Masks(ofInputs: inputs)
    for call in calls {
      let layer = call.layer
      let inputs = call.inputs.map(masks.of)
      if inputs.contains(true) { masked.append(layer) }
      if let graph = (layer as? GraphModel)?.graph {
        masks.ofCalls.append(graph.findMasked(inputs: inputs, &masked))
        continue
      }
      if let graph = (layer as? TimeDistributed)?.model?.graph {
        _ = graph.findMasked(inputs: Array(inputs.prefix(1)), &masked)
      }
      let isMasked = layer.stateCount > 0 ? inputs.first == true : inputs.contains(true)
      let passes = isMasked && layer.passesMask
      // The states that a recurrent layer returns have no mask.
      masks.ofCalls.append(
        (0..<layer.outputCount).map {
          $0 < layer.sequenceOutputCount && (layer.makesMask || passes)
        })
    }
    return masks
  }
}

/// Which results of a graph have a mask.
///
/// The graph may be one of a file whose calls have too few inputs, or take outputs that do not
/// exist: these have none.
private struct Masks {
  let ofInputs: [Bool]
  var ofCalls: [[Bool]] = []

  func of(_ source: Graph.Source) -> Bool {
    guard case .input(let index) = source else { return ofCall(source) }
    return ofInputs.indices.contains(index) && ofInputs[index]
  }

  /// Whether it is the result of a call, and has a mask.
  func ofCall(_ source: Graph.Source) -> Bool {
    guard case .call(let index, let output) = source else { return false }
    return ofCalls[index].indices.contains(output) && ofCalls[index][output]
  }
}
