public import JSON

/// A report about the optimizer in a file.
///
/// ```swift
/// let optimizer = try Inspector(opening: path).report.optimizer
/// print(optimizer?.className ?? "", optimizer?.iteration ?? 0)  // Adam 1
/// print(optimizer?.variables.count ?? 0)  // 6: iteration, learning rate, two for each weight
/// ```
public struct OptimizerReport: Sendable {
  /// The name of its class in Keras, if the file contains it.
  public let className: String?

  /// Its options in the compile config.
  public let options: JSON.Object

  /// The number of completed steps, if the file contains it.
  public let iteration: Int64?

  /// The learning rate: the variable in the file, or what the schedule gives for the next step;
  /// `nil` if there is neither.
  public let learningRate: Double?

  /// The learning-rate schedule in Keras's form, if there is one.
  public let schedule: JSON?

  /// Its variables: iteration and learning rate, followed by the slots.
  public let variables: [VariableReport]

  /// The number of parameters, which includes iteration and learning rate, as in Keras.
  public var parameterCount: Int { variables.lazy.map(\.count).saturatingSum }

  /// The size of the parameters in bytes.
  public var byteCount: Int { variables.lazy.map(\.byteCount).saturatingSum }
}
