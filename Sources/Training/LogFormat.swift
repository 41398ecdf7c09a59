import JSON

/// The format of a log: how the line of an epoch is written.
struct LogFormat {
  /// The names of the numbers in each line, beside the epoch.
  let names: [String]

  /// Whether the lines are comma-separated values under a header, instead of JSON objects.
  let isCSV: Bool

  /// Creates the format of a log.
  ///
  /// - Parameters:
  ///   - path: The path of the log; `.csv` at its end means comma-separated values.
  ///   - names: The names of the numbers in each line, beside the epoch.
  init(path: String, names: [String]) {
    self.names = names
    isCSV = path.lowercased().hasSuffix(".csv")
  }

  /// The first line, with its line break; empty for JSON.
  var header: String { isCSV ? (["epoch"] + names).joined(separator: ",") + "\n" : "" }

  /// The line of an epoch.
  ///
  /// - Parameters:
  ///   - epoch: The number of the epoch, from 1.
  ///   - numbers: The number for each name.
  /// - Returns: The line with its line break.
  func line(_ epoch: Int, _ numbers: [JSON]) -> String {
    let parts = parts(ofEpoch: epoch)
    return zip(parts, numbers).map { $0 + $1.text(.compact) }.joined() + (parts.last ?? "")
  }

  /// The parts of an epoch's line around its numbers.
  ///
  /// - Parameter epoch: The number of the epoch, from 1.
  /// - Returns: One part before each number, and the end of the line.
  func parts(ofEpoch epoch: Int) -> [String] {
    if isCSV { return ["\(epoch),"] + names.dropFirst().map { _ in "," } + ["\n"] }
    let later = names.dropFirst().map { ",\"\($0)\":" }
    return ["{\"epoch\":\(epoch),\"\(names[0])\":"] + later + ["}\n"]
  }
}
