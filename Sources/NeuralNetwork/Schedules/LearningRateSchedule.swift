/// A learning rate that changes from step to step.
///
/// Source: keras/src/optimizers/schedules/learning_rate_schedule.py. Keras computes in single
/// precision, and so does this, operation by operation.
public protocol LearningRateSchedule: Sendable {
  /// The name of the class in Keras.
  static var className: String { get }

  /// The options, as Keras writes them.
  var config: [String: JSON] { get }

  /// Computes the learning rate of a step.
  ///
  /// - Parameter step: How many steps were taken before, at least 0.
  /// - Returns: The learning rate.
  func callAsFunction(_ step: Int) -> Float
}

extension LearningRateSchedule {
  /// The name of the class in Keras: that of the type.
  public static var className: String { "\(Self.self)" }

  /// The schedule as Keras writes it, the name of its class included.
  var kerasConfig: JSON {
    .object([
      "module": .string("keras.optimizers.schedules"), "class_name": .string(Self.className),
      "config": .object(config), "registered_name": .null,
    ])
  }
}

/// The schedules that a file may name.
enum Schedules {
  /// Makes a schedule from its Keras configuration.
  static func make(_ json: JSON) throws(KerasError) -> any LearningRateSchedule {
    let reader = try SettingsReader(json, kind: "learning-rate schedule")
    guard let type = KerasRegistry.schedule(named: reader.className) else {
      throw reader.unsupported(KerasRegistry.schedules.map { $0.className })
    }
    let schedule = try type.init(reader)
    try reader.checkAllWereRead(but: ["name"])
    return schedule
  }
}
