import NeuralNetwork
import Tensors

/// The weights that a model needs, layer by layer, with what Keras calls the layers.
struct ModelWeights {
  /// A weight of a layer.
  struct Weight {
    /// What it is called in the model, such as `conv1/kernel`.
    let name: String
    let shape: [Int]
    /// Whether it is trained, with the layers around it as they are now.
    let isTrainable: Bool
    /// Whether files hold it as an integer.
    let isInteger: Bool
  }

  /// A layer that has no layers in it.
  struct Layer {
    /// What it is called, with the models that it is in: `encoder/dense`.
    let name: String
    /// The path of its group in the layout of sequential and functional models.
    let path: String
    /// Which of the model's own layers it is, or is in.
    let outer: Int
    let weights: [Weight]
  }

  /// A layer with its place among the others.
  struct Node {
    /// What the layer is called.
    let name: String
    /// The key that Keras gives it among the layers of its model.
    let key: String
    /// Its index in ``layers``; nil for a model.
    let layer: Int?
    /// The layers of a model.
    let inner: [Node]
  }

  /// The layers that are no models, in the order of the model's variables.
  private(set) var layers: [Layer] = []

  /// The model's own layers.
  private(set) var nodes: [Node] = []

  /// Describes weights one by one.
  init(layers: [Layer], nodes: [Node]) {
    self.layers = layers
    self.nodes = nodes
  }

  /// Describes the weights of a model that is built.
  init(_ model: Model) {
    nodes = append(model.layersInOrder, prefix: "", path: "", outer: nil) { layer in
      layer.variables.map { variable in
        Weight(
          name: variable.name, shape: variable.shape.dimensions,
          isTrainable: variable.isTrainable, isInteger: variable.isInteger)
      }
    }
  }

  /// Describes the weights that a model will have.
  init(_ model: Model, _ plan: [LayerPlan]) {
    let specifications = Dictionary(
      plan.map { (ObjectIdentifier($0.layer), $0.weights) }
    ) { first, _ in first }
    nodes = append(model.layersInOrder, prefix: "", path: "", outer: nil) { layer in
      (specifications[ObjectIdentifier(layer)] ?? []).map { weight in
        Weight(
          name: weight.name, shape: weight.shape.dimensions,
          isTrainable: layer.isTrainable && weight.isTrainable, isInteger: weight.isInteger)
      }
    }
  }

  private mutating func append(
    _ layers: [NeuralNetwork.Layer], prefix: String, path: String, outer: Int?,
    weights: (NeuralNetwork.Layer) -> [Weight]
  ) -> [Node] {
    var nodes: [Node] = []
    for (index, (layer, key)) in zip(layers, layers.keys).enumerated() {
      let (name, outer) = (prefix + layer.name, outer ?? index)
      if let model = layer as? Model {
        let inner = append(
          model.layersInOrder, prefix: "\(name)/", path: "\(path)/layers/\(key)", outer: outer,
          weights: weights)
        nodes.append(Node(name: layer.name, key: key, layer: nil, inner: inner))
        continue
      }
      nodes.append(Node(name: layer.name, key: key, layer: self.layers.count, inner: []))
      self.layers.append(
        Layer(
          name: name, path: "\(path)/layers/\(key)", outer: outer,
          weights: weights(layer).map {
            Weight(
              name: "\(name)/\($0.name)", shape: $0.shape, isTrainable: $0.isTrainable,
              isInteger: $0.isInteger)
          }))
    }
    return nodes
  }
}
