extension Graph {
  /// Finds the layers that get a mask, including those of inner models.
  ///
  /// - Parameters:
  ///   - inputs: Whether each of the model's inputs has a mask.
  ///   - masked: The layers that get a mask are added.
  /// - Returns: Whether each of the model's outputs has a mask.
  func findMasked(inputs: [Bool], _ masked: inout [Layer]) -> [Bool] {
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
    return outputs.map(hasMask)
  }
}
