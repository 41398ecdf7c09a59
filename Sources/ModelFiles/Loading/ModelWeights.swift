import NeuralNetwork
import Tensors

/// The weights of a model, layer by layer, with the names of the layers in Keras.
struct ModelWeights {
  /// A weight of a layer.
  struct Weight {
    /// The name in the model, such as `conv1/kernel`.
    let name: String
    let shape: [Int]
    /// Whether the weight is trainable, given the current state of the enclosing layers.
    let isTrainable: Bool
    /// Whether files store the weight as an integer.
    let isInteger: Bool
    /// Where the weight is in the group of its layer: `vars/0`, or `cell/vars/0`.
    let place: String
  }

  /// A layer without nested layers.
  struct Layer {
    /// The name, with those of the enclosing models: `encoder/dense`.
    let name: String
    /// The path of its group in the layout of sequential and functional models.
    let path: String
    /// The index of the model's own layer that is or contains this layer.
    let outer: Int
    let weights: [Weight]
  }

  /// A node in the tree of layers.
  struct Node {
    /// The name of the layer.
    let name: String
    /// The key of the layer in its model, as assigned by Keras.
    let key: String
    /// The index in ``layers``; `nil` for a model.
    let layer: Int?
    /// The layers of a model.
    let inner: [Node]
  }

  /// The layers that are not models, in the order of the model's variables.
  private(set) var layers: [Layer] = []

  /// The model's own layers.
  private(set) var nodes: [Node] = []

  /// Creates a description from layers and nodes.
  init(layers: [Layer], nodes: [Node]) {
    self.layers = layers
    self.nodes = nodes
  }

  /// Describes the weights of a built model.
  init(_ model: Model) {
    nodes = append(model.layersInOrder, prefix: "", path: "", outer: nil) { layer in
      zip(layer.variables, layer.weightPlaces(count: layer.variables.count)).map {
        variable, place in
        Weight(
          name: variable.name, shape: variable.shape.dimensions,
          isTrainable: variable.isTrainable, isInteger: variable.isInteger, place: place)
      }
    }
  }

  /// Describes the future weights of a planned model.
  init(_ model: Model, _ plan: [LayerPlan]) {
    let specifications = Dictionary(
      plan.map { (ObjectIdentifier($0.layer), $0.weights) }
    ) { first, _ in first }
    nodes = append(model.layersInOrder, prefix: "", path: "", outer: nil) { layer in
      let weights = specifications[ObjectIdentifier(layer)] ?? []
      return zip(weights, layer.weightPlaces(count: weights.count)).map { weight, place in
        Weight(
          name: weight.name, shape: weight.shape.dimensions,
          isTrainable: layer.isTrainable && weight.isTrainable, isInteger: weight.isInteger,
          place: place)
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
              isInteger: $0.isInteger, place: $0.place)
          }))
    }
    return nodes
  }
}
