import NeuralNetwork
import Tensors

/// What an initializer holds.
enum InitializerKey: Hashable {
  case floats(String, [Float], [Int])
  case integers(String, [Int])
  case index(String, Int)
  case weights(ObjectIdentifier, String, [Int])
}

extension GraphBuilder {
  /// Adds a constant of 32-bit floats, unless the layer has it already.
  ///
  /// - Parameters:
  ///   - name: The name below that of the layer.
  ///   - values: The elements.
  ///   - extents: The shape.
  /// - Returns: The name in the graph.
  func constant(_ name: String, _ values: [Float], extents: [Int]) -> String {
    initializer(.floats("\(path)/\(name)", values, extents), name, extents, .floats(values))
  }

  /// Adds a scalar.
  func scalar(_ name: String, _ value: Float) -> String {
    constant(name, [value], extents: [])
  }

  /// Adds a list of integers, such as axes.
  func integers(_ name: String, _ values: [Int]) -> String {
    initializer(.integers("\(path)/\(name)", values), name, [values.count], .integers(values))
  }

  /// Adds an integer without axes, such as the number of an element to take.
  func index(_ name: String, _ value: Int) -> String {
    initializer(.index("\(path)/\(name)", value), name, [], .integers([value]))
  }

  /// Adds numbers that are computed from weights of a layer; several calls of the layer share them.
  ///
  /// - Parameters:
  ///   - name: The name below that of the layer.
  ///   - layer: The layer.
  ///   - indices: The indices of the weights that `form` receives.
  ///   - extents: The shape.
  ///   - form: Computes the numbers, by default the weight as it is; the elements are in row-major
  ///     order of `extents`.
  /// - Returns: The name in the graph.
  func weight(
    _ name: String, of layer: Layer, _ indices: [Int], extents: [Int],
    form: @escaping ([Tensor]) -> Tensor = { $0[0] }
  ) -> String {
    initializer(
      .weights(ObjectIdentifier(layer), name, extents), name, extents,
      .weights(layer, indices, form: form))
  }

  private func initializer(
    _ key: InitializerKey, _ name: String, _ extents: [Int], _ content: TensorProto.Content
  ) -> String {
    if let known = initializerNames[key] { return known }
    let unique = uniqueName(name)
    add(TensorProto(name: unique, dimensions: extents, content: content))
    initializerNames[key] = unique
    return unique
  }
}
