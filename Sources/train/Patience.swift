import ArgumentParser
import Training

/// For how long something is tried again, as in `60s` or `5min`.
struct Patience: ExpressibleByArgument {
  let seconds: Int

  init(seconds: Int) { self.seconds = seconds }

  /// Reads a time from the command line.
  init?(argument: String) {
    if ["0", "0s"].contains(argument) {
      seconds = 0
    } else if case .seconds(let count)? = SaveInterval(argument) {
      seconds = count
    } else {
      return nil
    }
  }

  /// The time as it is written on the command line.
  var defaultValueDescription: String { "\(seconds)s" }
}
