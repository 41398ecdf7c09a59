/// A report about the model in a file.
///
/// ```swift
/// let model = try Inspector(opening: path).report.model
/// print(model?.parameterCount ?? 0, "parameters,", model?.flops ?? 0, "operations per image")
/// for layer in model?.layers ?? [] {
///   print(layer.name, layer.parameterCount, layer.variables.map(\.name))
/// }  // conv1 320 ["conv1/kernel", "conv1/bias"], …
/// ```
public struct ModelReport: Sendable {
  /// The name of the model, if the file contains it.
  public let name: String?

  /// The class of the model, if the file contains it.
  public let className: String?

  /// The inputs, if the file contains them and the layers are known.
  public let inputs: [InputReport]

  /// The names of the outputs, if the file contains them and the layers are known.
  public let outputNames: [String]

  /// The shape of the first input without the batch axis, if the file contains it; `nil` for
  /// variable extents.
  public var inputShape: [Int?]? { inputs.first?.shape }

  /// The layers, in the model's order if the file contains it, otherwise in the order of their
  /// groups.
  public let layers: [LayerReport]

  /// The reason why the model config cannot be used; `nil` if it is valid or missing.
  public let configurationProblem: String?

  /// The variables of all layers.
  public var variables: [VariableReport] { layers.flatMap(\.variables) }

  /// The number of parameters.
  public var parameterCount: Int { layers.lazy.map(\.parameterCount).saturatingSum }

  /// The floating-point operations of products for one example; `nil` if those of a layer are not
  /// known.
  public var flops: Int? {
    let counts = layers.map(\.flops)
    return counts.isEmpty || counts.contains(nil) ? nil : counts.saturatingSum
  }

  /// The size of the parameters in bytes.
  public var byteCount: Int { layers.lazy.map(\.byteCount).saturatingSum }
}

/// A report about an input of a model.
///
/// See ``ModelReport`` for an example.
public struct InputReport: Sendable {
  /// The name of the input.
  public let name: String

  /// The shape without the batch axis; `nil` for variable extents.
  public let shape: [Int?]
}

/// A report about a layer.
///
/// See ``ModelReport`` for an example.
public struct LayerReport: Sendable {
  /// The name of the layer.
  public let name: String

  /// The name of its class in Keras, if the file contains it.
  public let className: String?

  /// The output shape without the batch axis, if it is known; `nil` for extents that depend on the
  /// size of the input.
  public let outputShape: [Int?]?

  /// The floating-point operations of products for one example, a multiplication and an addition
  /// as two; `nil` if the sizes of the input or the layers are not known.
  public let flops: Int?

  /// The path of the layer's group; `nil` if the file has none.
  public let path: String?

  /// The variables of the layer.
  public let variables: [VariableReport]

  /// The number of parameters.
  public var parameterCount: Int { variables.lazy.map(\.count).saturatingSum }

  /// The size of the parameters in bytes.
  public var byteCount: Int { variables.lazy.map(\.byteCount).saturatingSum }

  /// The types of the parameters, without duplicates.
  public var elementTypes: [String] {
    variables.reduce(into: []) { types, variable in
      if !types.contains(variable.elementType) { types.append(variable.elementType) }
    }
  }
}
