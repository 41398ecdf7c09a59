public import JSON

/// A setting changed during a run, and the step at which the change takes effect.
///
/// The results of a run are a function of its initial settings and its changes.
///
/// ```swift
/// let state = try Inspector(opening: path).report.training
/// for change in state?.changes ?? [] {
///   print("from step \(change.step) on, \(change.name) is \(change.to), not \(change.from)")
/// }
/// if let origin = state?.origin { print("began with the weights of \(origin.path)") }
/// ```
public struct RunChange: Equatable, Sendable {
  /// The number of completed steps of the run at which the change takes effect.
  public var step: Int

  /// The setting, as in ``TrainingState/settings``, or ``optimizerIterations``.
  public var name: String

  /// The value before.
  public var from: JSON

  /// The value from the step on.
  public var to: JSON

  /// The name of the change that resets the optimizer: `from` is its step count, `to` is 0.
  public static let optimizerIterations = "optimizer_iterations"

  /// Records a change.
  ///
  /// - Parameters:
  ///   - step: The number of completed steps of the run at which the change takes effect.
  ///   - name: The setting.
  ///   - from: The value before.
  ///   - to: The value from the step on.
  public init(step: Int, name: String, from: JSON, to: JSON) {
    self.step = step
    self.name = name
    self.from = from
    self.to = to
  }

  /// The change as stored in files.
  public var json: JSON {
    .object(["step": .integer(step), "name": .string(name), "from": from, "to": to])
  }

  /// Reads a change; `nil` if the JSON is invalid.
  init?(json: JSON) {
    guard let step = json["step"]?.integer, step >= 0, let name = json["name"]?.string else {
      return nil
    }
    self.init(step: step, name: name, from: json["from"] ?? .null, to: json["to"] ?? .null)
  }
}
