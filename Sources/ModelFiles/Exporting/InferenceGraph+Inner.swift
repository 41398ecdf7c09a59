import NeuralNetwork

extension LayerContents {
  /// The contents of the layer of a `TimeDistributed`, or of its model, which shares the variables
  /// of the outer layer.
  ///
  /// - Parameters:
  ///   - outer: The outer layer, built.
  ///   - variables: The variables of the outer layer, in its order.
  init(inner outer: TimeDistributed, _ variables: [VariableContents]) {
    var rest = variables[...]
    self.init(outer.layer, isInModel: false, &rest)
  }

  private init(_ layer: Layer, isInModel: Bool, _ rest: inout ArraySlice<VariableContents>) {
    var (own, layers): ([VariableContents], [LayerContents]) = ([], [])
    if let model = layer as? Model {
      for inner in model.layersInOrder {
        layers.append(LayerContents(inner, isInModel: true, &rest))
      }
    } else {
      own = Array(rest.prefix(layer.weights.count))
      rest = rest.dropFirst(own.count)
      // The outer layer names the variables of a model after its layers: `dense/kernel`.
      if isInModel { own = own.map { $0.without(prefix: "\(layer.name)/") } }
    }
    self.init(
      name: layer.name, className: layer.classNameInFiles, variables: own, places: [],
      layers: layers)
  }
}

extension VariableContents {
  /// The variable with the rest of its name.
  fileprivate func without(prefix: String) -> VariableContents {
    guard name.hasPrefix(prefix) else { return self }
    return VariableContents(
      name: String(name.dropFirst(prefix.count)), shape: shape, isTrainable: isTrainable,
      isInteger: isInteger, value: value, rows: rows)
  }
}
