public import JSON

/// A setting that was changed while a run went on, and the step as of which it is in effect.
///
/// What a run computes is a function of its first settings and its changes.
public struct RunChange: Equatable, Sendable {
  /// How many steps of the run were, or will be, done before the change takes effect.
  public var step: Int

  /// The setting, as in ``TrainingState/settings``, or ``optimizerIterations``.
  public var name: String

  /// The value before.
  public var from: JSON

  /// The value as of the step.
  public var to: JSON

  /// The name of the change that resets the optimizer: from the number of steps that it had taken, to 0.
  public static let optimizerIterations = "optimizer_iterations"

  /// Records a change.
  ///
  /// - Parameters:
  ///   - step: How many steps of the run are done before it takes effect.
  ///   - name: The setting.
  ///   - from: The value before.
  ///   - to: The value as of the step.
  public init(step: Int, name: String, from: JSON, to: JSON) {
    self.step = step
    self.name = name
    self.from = from
    self.to = to
  }

  /// The change as it is written into files.
  package var json: JSON {
    .object(["step": .integer(step), "name": .string(name), "from": from, "to": to])
  }

  /// Reads a change; `nil` if it is none.
  init?(json: JSON) {
    guard let step = json["step"]?.integer, step >= 0, let name = json["name"]?.string else {
      return nil
    }
    self.init(step: step, name: name, from: json["from"] ?? .null, to: json["to"] ?? .null)
  }
}
