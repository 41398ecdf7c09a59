/// The interval between saves of a run.
///
/// ```swift
/// var options = RunOptions(savePath: "ckpt.h5")
/// options.saveEvery = .steps(500)
/// options.saveEvery = SaveInterval("5min") ?? .epochs(1)  // .seconds(300)
/// ```
public enum SaveInterval: Equatable, Sendable {
  /// After a number of epochs.
  case epochs(Int)

  /// After a number of steps.
  case steps(Int)

  /// After a time.
  case seconds(Int)

  /// Reads `1epoch`, `500steps` or `5min`; also `90s` and `2h`, and plurals and singulars alike.
  ///
  /// - Parameter text: A whole number from 1 to a million and a unit.
  public init?(_ text: String) {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let count = Int(digits), (1...1_000_000).contains(count) else { return nil }
    switch text.dropFirst(digits.count).lowercased() {
    case "epoch", "epochs": self = .epochs(count)
    case "step", "steps": self = .steps(count)
    case "s", "sec", "second", "seconds": self = .seconds(count)
    case "m", "min", "minute", "minutes": self = .seconds(count * 60)
    case "h", "hour", "hours": self = .seconds(count * 3600)
    default: return nil
    }
  }
}
