import ArgumentParser
import Training

/// How long to retry an operation that failed, such as `60s` or `5min`; 0 seconds means one
/// attempt.
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

  /// The default value as shown in the help text.
  var defaultValueDescription: String { "\(seconds)s" }
}
