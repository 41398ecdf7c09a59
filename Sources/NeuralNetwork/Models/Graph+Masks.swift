extension Graph {
  /// Whether the result of each call may have a mask.
  private var mayHaveMasks: [Bool] {
    var masks: [Bool] = []
    for call in calls {
      let isPassedOn = call.layer.supportsMasking || call.layer is Model
      masks.append(
        call.layer.makesMask || (isPassedOn && call.inputs.contains { isMasked($0, masks) }))
    }
    return masks
  }

  private func isMasked(_ source: Source, _ masks: [Bool]) -> Bool {
    guard case .call(let index, _) = source else { return false }
    return masks[index]
  }

  /// The layers of multi-head attention that may get a mask.
  var maskedAttention: [MultiHeadAttention] {
    let masks = mayHaveMasks
    return calls.compactMap { call in
      call.inputs.contains { isMasked($0, masks) } ? call.layer as? MultiHeadAttention : nil
    }
  }

  /// The layers of multi-head attention with an input that may have a mask and that other calls
  /// take, too.
  ///
  /// Keras 3 removes the mask in the first of the calls that it runs. Source: `call` in
  /// keras/src/layers/attention/multi_head_attention.py.
  var attentionWithSharedMasks: [MultiHeadAttention] {
    let masks = mayHaveMasks
    return calls.indices.compactMap { index in
      guard let layer = calls[index].layer as? MultiHeadAttention else { return nil }
      let isShared = calls[index].inputs.contains { source in
        isMasked(source, masks)
          && calls.indices.contains { $0 != index && calls[$0].inputs.contains(source) }
      }
      return isShared ? layer : nil
    }
  }
}
