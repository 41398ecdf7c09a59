import Preconditions

/// A model that applies its layers one after another.
///
/// ```swift
/// let model = Sequential([
///   Conv2D(32, 3, activation: .relu), MaxPooling2D(), Flatten(), Dense(10),
/// ])
/// model.build(inputShape: [28, 28, 1])
/// print(model.summary())
/// ```
public final class Sequential: GraphModel {
  /// Creates a model.
  ///
  /// - Parameters:
  ///   - layers: The layers. Layers without a name are named after their class: `dense`, `dense_1`.
  ///   - name: The name of the model; defaults to the class name in snake case.
  ///   - file: The source file reported for an invalid argument; defaults to the caller's.
  ///   - line: The source line reported for an invalid argument; defaults to the caller's.
  /// - Precondition: All layers are different and have different names, and one output each.
  public init(
    _ layers: [Layer], name: String? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    require(
      layers.allSatisfy { $0.outputCount == 1 },
      "Sequential: each layer must have one output; combine others in a Model.", file: file,
      line: line)
    let graph = Graph(chain: layers)
    require(
      graph.chain != nil,
      "Sequential: each layer must be in `layers` once, but one is there twice.", file: file,
      line: line)
    super.init(graph, name: name)
  }
}
