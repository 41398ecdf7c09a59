public import ArgumentParser
public import Inference
public import Training

extension PixelRange: ExpressibleByArgument {
  /// Reads a range from the command line, such as `-1..1`; `1/255` is that from 0 to 1.
  public init?(argument: String) {
    self.init(rawValue: argument == "1/255" ? PixelRange.zeroToOne.rawValue : argument)
  }
}

extension OptimizerName: ExpressibleByArgument {}

extension Monitor: ExpressibleByArgument {}

extension SaveInterval: ExpressibleByArgument {
  /// Reads an interval from the command line.
  public init?(argument: String) { self.init(argument) }

  /// The default value as shown in the help text.
  public var defaultValueDescription: String {
    switch self {
    case .epochs(let count): "\(count)epoch"
    case .steps(let count): "\(count)steps"
    case .seconds(let count): "\(count)s"
    }
  }
}

extension RecipeName {
  /// The names, separated by commas.
  static let list = allCases.map(\.rawValue).joined(separator: ", ")
}

extension RateSchedule: ExpressibleByArgument {}

extension Warmup: ExpressibleByArgument {
  /// Reads a length from the command line.
  public init?(argument: String) { self.init(argument) }
}

extension ValidationSplit: ExpressibleByArgument {
  /// Reads a share or a number from the command line.
  public init?(argument: String) { self.init(argument) }
}

extension PlateauReduction: ExpressibleByArgument {
  /// Reads a reduction from the command line.
  public init?(argument: String) { self.init(argument) }
}
