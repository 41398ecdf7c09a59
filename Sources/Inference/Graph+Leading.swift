import NeuralNetwork

extension Graph {
  /// The leading layers along each path from the input: those that scale the input, and those that
  /// only move or pass on its elements.
  ///
  /// Includes the layers of inner models.
  var leadingPaths: [[Layer]] { ways(from: .input(0)).map(\.layers) }

  /// Each path from a result, and whether it reaches the model's output.
  private func ways(from source: Source) -> [(layers: [Layer], isWhole: Bool)] {
    if output == source { return [([], true)] }
    return calls.indices.filter { calls[$0].inputs.contains(source) }.flatMap { index in
      let layer = calls[index].layer
      var starts: [(layers: [Layer], isWhole: Bool)]
      if let graph = (layer as? GraphModel)?.graph {
        starts = graph.ways(from: .input(0))
      } else if calls[index].inputs.count == 1, layer.isLeading {
        starts = [([layer], true)]
      } else {
        starts = [([], false)]
      }
      if starts.allSatisfy(\.isWhole) {
        let rest = ways(from: .call(index, output: 0))
        starts = starts.flatMap { start in
          rest.map { (start.layers + $0.layers, $0.isWhole) }
        }
      }
      return starts
    }
  }
}

extension Layer {
  /// Whether the layer scales, moves or passes on its input.
  fileprivate var isLeading: Bool {
    keepsElements || self is Rescaling || self is Normalization || self is BatchNormalization
      || self is ZeroPadding2D || self is Cropping2D || self is UpSampling2D
      || self is BaseImagePreprocessing || (self as? Spatial1D)?.planar.isLeading == true
  }
}
