public import JSON

/// The optimizer in a file.
public struct OptimizerReport: Sendable {
  /// The name of its class in Keras, if the file says it.
  public let className: String?

  /// Its hyper-parameters, as the model was compiled with them.
  public let options: [String: JSON]

  /// How many steps it has done, if the file says it.
  public let iteration: Int64?

  /// The learning rate, if the file holds one; with a schedule it does not.
  public let learningRate: Double?

  /// Its variables: iteration and learning rate, then the slots.
  public let variables: [VariableReport]

  /// The number of parameters, iteration and learning rate included, as Keras counts them.
  public var parameterCount: Int { variables.lazy.map(\.count).saturatingSum }

  /// The bytes of the parameters.
  public var byteCount: Int { variables.lazy.map(\.byteCount).saturatingSum }
}
