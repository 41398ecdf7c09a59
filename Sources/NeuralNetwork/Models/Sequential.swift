public import Tensors

/// A model that passes its input through one layer after another.
public final class Sequential: Model {
  private let stack: [Layer]

  /// Creates a model.
  ///
  /// - Parameters:
  ///   - layers: The layers; those without a name are named after their class: `dense`, `dense_1`.
  ///   - name: What the model is called.
  public init(_ layers: [Layer], name: String? = nil) {
    stack = layers
    super.init(name: name)
    var counts: [String: Int] = [:]
    for layer in layers where !layer.isNamed {
      let base = Swift.type(of: layer).className.snakeCased
      let count = counts[base, default: 0]
      counts[base] = count + 1
      layer.name = count == 0 ? base : "\(base)_\(count)"
    }
    precondition(
      Set(layers.map(\.name)).count == layers.count, "two layers of a model have the same name")
  }

  /// Creates a model from a description, such as one that was read from a file.
  ///
  /// - Parameter architecture: The description; its layers become those of the model.
  public convenience init(_ architecture: Architecture) {
    self.init(architecture.layers, name: architecture.name)
  }

  /// The layers, in the order in which they run.
  public override var layers: [Layer] { stack }

  /// Creates the weights of all layers; the shapes are known without running the model.
  ///
  /// - Parameter inputShape: The shape of an input, without the batch axis.
  /// - Precondition: Each layer can take the output of the one before it.
  public override func build(inputShape: Shape) {
    guard !isBuilt else { return }
    prepareLayers()
    var shape = inputShape
    do {
      for layer in stack {
        layer.build(inputShape: shape)
        shape = try layer.outputShape(inputShape: shape)
      }
    } catch {
      preconditionFailure("\(error)")
    }
    finishBuilding(inputShape: inputShape)
  }

  /// Takes note that all layers have their weights.
  package func finishBuilding(inputShape: Shape) {
    chain = stack
    self.inputShape = inputShape
  }

  /// Passes the input through the layers.
  public override func call(_ x: Tensor, training: Bool) -> Tensor {
    stack.reduce(x) { $1($0, training: training) }
  }
}
