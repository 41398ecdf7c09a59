import Tensors

extension Graph {
  /// Replaces layers by chains of layers.
  ///
  /// - Parameter replacements: For each layer to replace, the chain of its replacements.
  /// - Returns: The graph with the replacements.
  func replacing(_ replacements: [ObjectIdentifier: [Layer]]) -> Graph {
    guard !replacements.isEmpty else { return self }
    var calls: [Call] = []
    var last: [Int] = []
    func renumbered(_ source: Source) -> Source {
      guard case .call(let index, let output) = source else { return source }
      return .call(last[index], output: output)
    }
    for call in self.calls {
      var inputs = call.inputs.map(renumbered)
      for layer in replacements[ObjectIdentifier(call.layer)] ?? [call.layer] {
        calls.append(call.replacing(layer: layer, inputs: inputs))
        inputs = [.call(calls.count - 1, output: 0)]
      }
      last.append(calls.count - 1)
    }
    return replacing(calls: calls, outputs: outputs.map(renumbered))
  }

  /// Wraps each layer whose file uses `channels_first` between two ``Permute`` layers.
  func inChannelsLast() -> Graph {
    var replacements: [ObjectIdentifier: [Layer]] = [:]
    for layer in layers where layer.isChannelsFirst {
      let isSequence = layer is Spatial1D
      let before = Permute(isSequence ? [2, 1] : [2, 3, 1], name: "\(layer.name)_channels_last")
      let after = Permute(isSequence ? [2, 1] : [3, 1, 2], name: "\(layer.name)_channels_first")
      replacements[ObjectIdentifier(layer)] =
        [before, layer] + (layer.keepsRank ? [after] : [])
    }
    return replacing(replacements)
  }
}

extension Layer {
  /// Whether the layer returns images for images, or sequences for sequences.
  fileprivate var keepsRank: Bool {
    let input: Shape = self is Spatial1D ? [1 << 12, 1] : [1 << 12, 1 << 12, 1]
    return ((try? outputShape(inputShape: input))?.count ?? input.count) == input.count
  }
}
