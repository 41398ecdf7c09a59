import Console
import Glibc
import Inspection

extension Page {
  /// One line per dataset with a small histogram; the optimizer's datasets are in a separate table.
  func statistics(_ report: StatisticsReport) -> String {
    let entries = report.datasets
    var leftOut = ""
    if !report.others.isEmpty {
      let shown = report.others.prefix(20).map { "  \(escaped("\($0.path): \($0.reason)"))\n" }
      let rest = report.others.count - shown.count
      leftOut =
        "Left out:\n" + shown.joined()
        + (rest > 0 ? "  and \(Format.grouped(rest)) more\n" : "")
    }
    if let omission = report.omission { leftOut += "(\(omission))\n" }
    guard !entries.isEmpty else {
      return leftOut.isEmpty ? "There are no datasets of numbers.\n" : leftOut
    }
    let optimizer = entries.filter { $0.name.hasPrefix(Page.optimizer) }
    let others = entries.filter { !$0.name.hasPrefix(Page.optimizer) }
    let isFinite = entries.allSatisfy { entry in
      entry.statistics.map { $0.nanCount + $0.infinityCount == 0 } ?? true
    }
    let isComplete = leftOut.isEmpty && entries.allSatisfy { $0.statistics != nil }
    return (others.isEmpty ? "" : table(others, title: "dataset") + "\n")
      + (optimizer.isEmpty ? "" : table(optimizer, title: "optimizer") + "\n")
      + (isFinite
        ? "No NaN, no infinity\(isComplete ? "" : " in what was read").\n"
        : "The statistics are those of the finite elements.\n") + leftOut
  }

  /// The prefix of the names of the optimizer's variables.
  private static let optimizer = "optimizer/"

  /// Whether the terminal is too narrow for all columns.
  private var isNarrow: Bool { terminal.lineLimit.map { $0 < 96 } ?? false }

  private func table(_ entries: [DatasetStatistics], title: String) -> String {
    // Columns for NaN and infinity appear only if there are any.
    let hasNaN = entries.contains { $0.statistics?.nanCount ?? 0 > 0 }
    let hasInfinity = entries.contains { $0.statistics?.infinityCount ?? 0 > 0 }
    var columns: [Table.Column] = [
      .init(title), .init("min", .right), .init("mean", .right), .init("max", .right),
      .init("std", .right),
    ]
    // The L2 norm follows from mean and deviation, so it is omitted first.
    if !isNarrow { columns.append(.init("L2", .right)) }
    columns.append(.init("zeros", .right))
    if hasNaN { columns.append(.init("NaN", .right)) }
    if hasInfinity { columns.append(.init("Inf", .right)) }
    var table = Table(columns + [.init("histogram")])
    for entry in entries {
      guard let statistics = entry.statistics else {
        let empty = [String](repeating: "", count: columns.count - 1)
        table.addRow([name(entry)] + empty + ["not read"], style: .yellow)
        continue
      }
      let share =
        statistics.count == 0 ? 0 : Double(statistics.zeroCount) / Double(statistics.count)
      var cells = [
        name(entry), short(statistics.minimum), short(statistics.mean), short(statistics.maximum),
        short(statistics.standardDeviation),
      ]
      if !isNarrow { cells.append(short(statistics.norm)) }
      cells.append(Format.percent(share, decimals: 1))
      if hasNaN { cells.append(Format.grouped(statistics.nanCount)) }
      if hasInfinity { cells.append(Format.grouped(statistics.infinityCount)) }
      table.addRow(
        cells + [sparkline(entry.histogram)],
        style: statistics.nanCount + statistics.infinityCount > 0 ? .red : nil)
    }
    return table.rendered(for: terminal)
  }

  /// The name of a dataset; a long name is shortened at the start, because the end distinguishes
  /// it.
  private func name(_ entry: DatasetStatistics) -> String {
    let isOptimizer = entry.name.hasPrefix(Page.optimizer)
    let name = escaped(
      isOptimizer ? String(entry.name.dropFirst(Page.optimizer.count)) : entry.name)
    let limit = terminal.lineLimit.map { max(16, $0 - (isNarrow ? 56 : 76)) } ?? 60
    guard displayWidth(name) > limit else { return name }
    return (terminal.usesUnicode ? "…" : "...") + name.suffix(limit - 3)
  }

  /// Formats a number with at most four significant digits.
  func short(_ value: Double?) -> String {
    guard let value else { return "" }
    let magnitude = abs(value)
    switch magnitude {
    case 0: return "0"
    case 1e-3..<9.9995: return Format.fixed(value, decimals: magnitude < 0.99995 ? 4 : 3)
    case 9.9995..<99.995: return Format.fixed(value, decimals: 2)
    case 99.995..<999.95: return Format.fixed(value, decimals: 1)
    case 999.95..<99999.5: return Format.fixed(value, decimals: 0)
    default: return scientific(value)
    }
  }

  /// Formats a number such as `1.2e-05`.
  private func scientific(_ value: Double) -> String {
    guard value.isFinite else { return Format.fixed(value, decimals: 0) }
    var exponent = Int(log10(abs(value)).rounded(.down))
    // In two steps, because 10⁻³²⁰ is a subnormal number with reduced precision.
    let half = exponent / 2
    let scaled = value / pow(10, Double(half)) / pow(10, Double(exponent - half))
    var mantissa = Format.fixed(scaled, decimals: 1)
    if mantissa.hasSuffix("10.0") {
      exponent += 1
      mantissa = value < 0 ? "-1.0" : "1.0"
    }
    let digits = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
    return "\(mantissa)e\(exponent < 0 ? "-" : "+")\(digits)"
  }

  /// Draws counts as bars of eight heights; 0 is a space.
  private func sparkline(_ counts: [Int]) -> String {
    let bars = terminal.usesUnicode ? Array("▁▂▃▄▅▆▇█") : Array(".:-=+*#@")
    let shown =
      isNarrow
      ? stride(from: 0, to: counts.count, by: 2).map { counts[$0] + counts[$0 + 1] } : counts
    let highest = Double(shown.max() ?? 0)
    return String(
      shown.map { count in
        count == 0 ? " " : bars[min(bars.count - 1, Int(Double(count) / highest * 8))]
      })
  }
}
