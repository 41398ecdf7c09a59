import JSON
import NeuralNetwork

/// The reduction of the learning rate when a metric no longer improves.
///
/// Source: keras/src/callbacks/reduce_lr_on_plateau.py, with its defaults.
///
/// See ``RateSchedule`` for an example.
public struct PlateauReduction: Equatable, Sendable {
  /// The factor by which the learning rate is multiplied, in `0..<1`.
  public var factor = 0.1

  /// The number of epochs without improvement before a reduction, at least 1.
  public var patience = 10

  /// The least change that is an improvement, at least 0.
  public var minDelta = 1e-4

  /// The number of epochs after a reduction in which none is counted, at least 0.
  public var cooldown = 0

  /// The least learning rate, at least 0.
  public var minRate = 0.0

  /// Creates a reduction with Keras's defaults.
  public init() {}

  /// The learning rate after some epochs.
  ///
  /// - Parameters:
  ///   - rate: The learning rate of the first epoch.
  ///   - values: The metric of each epoch.
  ///   - isLower: Whether a lower value is better.
  /// - Returns: The learning rate of the next epoch.
  package func rate(_ rate: Float, after values: [Double], lowerIsBetter isLower: Bool) -> Float {
    PlateauRule(
      Improvement(prefersHigher: !isLower, minDelta: minDelta), factor: factor, patience: patience,
      cooldown: cooldown, minRate: minRate
    ).rate(rate, after: values)
  }

  /// The reduction in the form of checkpoints, with Keras's names.
  var json: JSON {
    .object([
      "factor": .number(factor), "patience": .integer(patience), "min_delta": .number(minDelta),
      "cooldown": .integer(cooldown), "min_lr": .number(minRate),
    ])
  }

  /// Reads the reduction of a checkpoint or file; `nil` if it is none.
  init?(json: JSON) {
    guard let members = json.object else { return nil }
    for (name, value) in members {
      guard let number = value.number, set(name, to: number) else { return nil }
    }
  }

  /// Reads a reduction such as `factor=0.5,patience=3`; `nil` if it is none.
  ///
  /// - Parameter text: Names of Keras's arguments with values, separated by commas.
  public init?(_ text: String) {
    guard text != "" else { return }
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, let number = Double(pair[1]), set(String(pair[0]), to: number) else {
        return nil
      }
    }
  }

  /// Sets an argument, and returns whether it is valid.
  private mutating func set(_ name: String, to value: Double) -> Bool {
    let count = Int(exactly: value).flatMap { (0...1_000_000).contains($0) ? $0 : nil }
    switch name {
    case "factor" where (0..<1).contains(value): factor = value
    case "patience": patience = count ?? 0
    case "min_delta" where (0..<1e30).contains(value): minDelta = value
    case "cooldown": cooldown = count ?? -1
    case "min_lr" where (0..<1e30).contains(value): minRate = value
    default: return false
    }
    return patience > 0 && cooldown >= 0
  }
}
