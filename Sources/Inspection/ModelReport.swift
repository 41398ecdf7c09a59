/// The model in a file.
public struct ModelReport: Sendable {
  /// What the model is called, if the file says it.
  public let name: String?

  /// The class of the model, if the file says it.
  public let className: String?

  /// The shape of an input, without the batch axis, if the file says it; `nil` for extents that it leaves
  /// open.
  public let inputShape: [Int?]?

  /// The layers: in the model's order if the file says it, else in the order of their groups.
  public let layers: [LayerReport]

  /// Why the model's configuration cannot be used, if there is one.
  public let configurationProblem: String?

  /// The variables of all layers.
  public var variables: [VariableReport] { layers.flatMap(\.variables) }

  /// The number of parameters.
  public var parameterCount: Int { layers.lazy.map(\.parameterCount).saturatingSum }

  /// The bytes of the parameters.
  public var byteCount: Int { layers.lazy.map(\.byteCount).saturatingSum }
}

/// A layer of a model in a file.
public struct LayerReport: Sendable {
  /// What the layer is called.
  public let name: String

  /// The name of its class in Keras; nil if the file does not tell.
  public let className: String?

  /// The shape of an output, without the batch axis, if it can be found out; `nil` for extents that depend
  /// on the size of the input.
  public let outputShape: [Int?]?

  /// The path of the layer's group; nil if the file has none.
  public let path: String?

  /// The variables of the layer.
  public let variables: [VariableReport]

  /// The number of parameters.
  public var parameterCount: Int { variables.lazy.map(\.count).saturatingSum }

  /// The bytes of the parameters.
  public var byteCount: Int { variables.lazy.map(\.byteCount).saturatingSum }

  /// The types of the parameters, each once.
  public var elementTypes: [String] {
    variables.reduce(into: []) { types, variable in
      if !types.contains(variable.elementType) { types.append(variable.elementType) }
    }
  }
}
