import Checkpoints
public import JSON

/// The course of the learning rate of a run, from its settings.
///
/// ```swift
/// if let schedule = try Inspector(opening: path).report.schedule {
///   print(schedule.name, schedule.epochs ?? 0)  // cosine 2
/// }
/// ```
public struct ScheduleReport: Equatable, Sendable {
  /// The name of the schedule, such as `cosine`, or `constant`.
  public let name: String

  /// The learning rate from which the schedule starts: a number, or a schedule in Keras's form.
  public let learningRate: JSON

  /// The learning rate of the last step, if the file contains it.
  public let current: Double?

  /// The number of epochs over which the schedule runs; `nil` if it is constant.
  public let epochs: Int?

  /// The length of the warmup, such as `500steps` or `1epochs`; `nil` if there is none.
  public let warmup: String?

  /// The reduction when the monitored metric no longer improves, with Keras's names; `nil` if there
  /// is none.
  public let plateau: JSON.Object?

  /// Whether the learning rate changes during the run.
  public var isConstant: Bool { name == "constant" && warmup == nil && plateau == nil }

  /// Reads the settings of a run; `nil` if they contain no learning rate.
  init?(_ settings: JSON.Object, current: Double?) {
    guard let learningRate = settings["learning_rate"] else { return nil }
    name = settings["lr_schedule"]?.string ?? "constant"
    self.learningRate = learningRate
    self.current = current
    epochs = settings["lr_schedule_epochs"]?.integer
    warmup = settings["warmup"]?.string
    plateau = settings["reduce_lr_on_plateau"]?.object
  }
}

extension ScheduleReport {
  var json: JSON {
    .object([
      "name": .string(name), "learning_rate": learningRate.sortingKeys(),
      "current": .number(current), "epochs": .integer(epochs), "warmup": .string(warmup),
      "reduce_lr_on_plateau": plateau.map { .object($0.sortingKeys()) } ?? .null,
    ])
  }
}
