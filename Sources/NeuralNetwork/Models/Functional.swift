/// A model whose layers form a graph, with any number of inputs and outputs.
///
/// Functional models are loaded from files. To write a model, subclass ``Model``: if it only calls
/// its layers, it is saved as such a graph.
///
/// ```swift
/// final class Residual: Model {
///   let (inner, add) = (Dense(8, activation: .relu), Add())
///   override func call(_ x: Tensor, training: Bool) -> Tensor { add([x, inner(x)]) }
/// }
/// let model = Residual()
/// model.build(inputShape: [8])
/// let functional = Architecture(model).map(Functional.init)  // its layers, without its code
/// print(functional?.layers.map(\.name) ?? [])  // ["dense", "add"]
/// ```
public final class Functional: GraphModel {
  /// Creates a model from an architecture, such as that of a file.
  ///
  /// - Parameter architecture: The architecture, whose layers become those of the model.
  public init(_ architecture: Architecture) {
    super.init(architecture.graph, name: architecture.name)
  }
}
