import Console
import HDF5
import Inspection

/// What is to be shown of a file.
struct Contents {
  /// What the file holds.
  let report: Report

  /// The objects that were asked for.
  var objects: [ObjectReport] = []

  /// The statistics of datasets, by path.
  var statistics: [String: DatasetStatistics] = [:]

  /// The part of an array that was asked for.
  var slice: (expression: String, values: SliceValues)?

  /// Whether only a part of the file was asked for.
  var isPart = false

  init(report: Report) {
    self.report = report
  }

  /// Everything as text.
  func text(for terminal: Terminal) -> String {
    guard isPart else { return report.text(for: terminal) }
    var text = ""
    if let slice { text += sliceText(slice.values) }
    if statistics.isEmpty {
      text += objects.map { $0.text(for: terminal) }.joined()
    } else {
      text += statisticsTable(for: terminal)
    }
    return text
  }

  private func statisticsTable(for terminal: Terminal) -> String {
    var table = Table([
      .init("dataset"), .init("min", .right), .init("max", .right), .init("mean", .right),
      .init("std", .right), .init("zeros", .right), .init("NaN", .right), .init("Inf", .right),
      .init("spread"),
    ])
    let roles = report.roles
    for object in objects {
      guard let entry = statistics[object.path] else { continue }
      let numbers = entry.statistics
      let hasFinite = numbers.finiteCount > 0
      let share = numbers.count == 0 ? 0 : Double(numbers.zeroCount) / Double(numbers.count)
      table.addRow([
        roles[object.path] ?? object.path,
        hasFinite ? short(numbers.minimum) : "–", hasFinite ? short(numbers.maximum) : "–",
        hasFinite ? short(numbers.mean) : "–",
        hasFinite ? short(numbers.standardDeviation) : "–",
        Format.percent(share, decimals: 1), Format.grouped(numbers.nanCount),
        Format.grouped(numbers.infinityCount),
        sparkline(entry.histogram, unicode: terminal.usesUnicode),
      ])
    }
    return table.rendered(for: terminal)
  }

  private func sliceText(_ slice: SliceValues) -> String {
    // The last axis is a line; a blank line stands between the rows of the axis before the last.
    guard let width = slice.shape.last, width > 0 else {
      return slice.values.map { "\(shortest($0))\n" }.joined()
    }
    let cells = slice.values.map(shortest)
    let column = cells.map(\.count).max() ?? 0
    let height = slice.shape.count > 1 ? slice.shape[slice.shape.count - 2] : 1
    var text = ""
    for (line, start) in stride(from: 0, to: cells.count, by: width).enumerated() {
      if line > 0, slice.shape.count > 2, line.isMultiple(of: height) { text += "\n" }
      let row = cells[start..<start + width].map {
        String(repeating: " ", count: column - $0.count) + $0
      }
      text += row.joined(separator: "  ") + "\n"
    }
    return text
  }
}

/// A number in four significant digits.
func short(_ value: Double) -> String {
  let magnitude = abs(value)
  if value == 0 { return "0" }
  if magnitude >= 1e6 || magnitude < 1e-4 {
    var exponent = 0
    var mantissa = value
    while abs(mantissa) >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while abs(mantissa) < 1 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    return "\(Format.fixed(mantissa, decimals: 2))e\(exponent)"
  }
  return Format.fixed(value, decimals: magnitude >= 1000 ? 0 : magnitude >= 1 ? 3 : 5)
}

/// A number that was a 32-bit float, in the fewest digits that tell it from others.
private func shortest(_ value: Double) -> String {
  Double(Float(value)) == value ? "\(Float(value))" : "\(value)"
}

/// Counts as bars of eight heights.
func sparkline(_ counts: [Int], unicode: Bool) -> String {
  let bars = unicode ? Array("▁▂▃▄▅▆▇█") : Array(".:-=+*#@")
  let most = counts.max() ?? 0
  guard most > 0 else { return "" }
  return String(
    counts.map { $0 == 0 ? " " : bars[min(bars.count - 1, $0 * bars.count / (most + 1))] })
}
