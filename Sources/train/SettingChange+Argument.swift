public import ArgumentParser
public import Training

extension SettingChange: ExpressibleByArgument {
  /// Reads a change such as `lr=1e-4` from the command line.
  public init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return nil }
    switch parts[0] {
    case "lr", "learning-rate":
      guard let rate = Float(parts[1]), rate > 0, rate.isFinite else { return nil }
      self = .learningRate(rate)
    case "batch-size":
      guard let size = Int(parts[1]), (1...1_000_000).contains(size) else { return nil }
      self = .batchSize(size)
    case "shuffle-buffer":
      guard let size = Int(parts[1]), (1...1_000_000_000).contains(size) else { return nil }
      self = .shuffleBuffer(size)
    default: return nil
    }
  }
}
