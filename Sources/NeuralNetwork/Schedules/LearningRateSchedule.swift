public import JSON

/// A learning rate schedule, which computes the learning rate of each step.
///
/// Source: keras/src/optimizers/schedules/learning_rate_schedule.py. Computes in single precision
/// with the same sequence of operations as Keras.
///
/// ```swift
/// struct Warmup: LearningRateSchedule {
///   let config: JSON.Object = [:]
///   func callAsFunction(_ step: Int) -> Float { 0.1 * min(1, Float(step + 1) / 500) }
/// }
/// let rates = [0, 249, 499, 10_000].map { Warmup()($0) }  // 0.0002, 0.05, 0.1, 0.1
/// let optimizer = SGD(learningRate: Warmup())
/// ```
public protocol LearningRateSchedule: LearningRate {
  /// The name of the class in Keras.
  static var className: String { get }

  /// The config in Keras's form.
  var config: JSON.Object { get }

  /// Computes the learning rate of a step.
  ///
  /// - Parameter step: The number of previous steps, at least 0.
  /// - Returns: The learning rate.
  func callAsFunction(_ step: Int) -> Float
}

extension LearningRateSchedule {
  /// The class name in Keras, which is the name of the type.
  public static var className: String { "\(Self.self)" }

  /// The schedule in Keras's form, including its class name.
  var kerasConfig: JSON {
    .object([
      "module": .string("keras.optimizers.schedules"), "class_name": .string(Self.className),
      "config": .object(config), "registered_name": .null,
    ])
  }
}

/// The learning rate schedules that files may contain.
enum Schedules {
  /// Creates a schedule from its Keras config.
  static func make(_ json: JSON) throws(KerasError) -> any LearningRateSchedule {
    let reader = try OptionReader(json, kind: "learning-rate schedule")
    guard let type = KerasRegistry.schedule(named: reader.name) else {
      throw reader.unsupported(KerasRegistry.schedules.map { $0.className })
    }
    let schedule = try type.init(reader)
    try reader.refuseUnknown()
    return schedule
  }
}
