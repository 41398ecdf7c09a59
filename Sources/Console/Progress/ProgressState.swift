/// The content of a progress bar.
public struct ProgressState: Equatable, Sendable {
  /// The name of the activity, such as `Epoch 2/5`.
  public var label: String
  /// The number of steps done.
  public var completed: Int
  /// The total number of steps.
  public var total: Int
  /// Running values in descending importance, such as `loss 0.0432`.
  public var metrics: [String]
  /// The rate, such as `26,310 img/s`; `nil` if unknown.
  public var rate: String?
  /// The remaining time in seconds; `nil` if unknown.
  public var remaining: Double?

  /// Creates a state.
  ///
  /// - Parameters:
  ///   - label: The name of the activity.
  ///   - completed: The number of steps done.
  ///   - total: The total number of steps.
  ///   - metrics: Running values in descending importance.
  ///   - rate: The rate.
  ///   - remaining: The remaining time in seconds.
  public init(
    label: String, completed: Int, total: Int, metrics: [String] = [], rate: String? = nil,
    remaining: Double? = nil
  ) {
    self.label = label
    self.completed = completed
    self.total = total
    self.metrics = metrics
    self.rate = rate
    self.remaining = remaining
  }

  /// Returns the state as one line without a line break.
  ///
  /// The complete line is
  ///
  /// ```text
  /// Epoch 2/5  938/1875 ━━━━━━━━━╸─────────  50%  loss 0.0432  acc 98.71%  26,310 img/s  ETA
  /// 0:12
  /// ```
  ///
  /// If it does not fit, parts are left out in this order: the rate, the metrics from the last, the
  /// bar, the count, the remaining time and the percentage. Growing numbers have a fixed width, so
  /// that the line does not jump.
  ///
  /// - Parameters:
  ///   - width: The maximum number of columns.
  ///   - unicode: Whether the bar may contain characters beyond ASCII.
  ///   - color: Whether there is colour.
  /// - Returns: The line.
  public func rendered(width: Int, unicode: Bool, color: Bool = false) -> String {
    let width = max(width, 0)
    let label = escaped(label)
    let done = max(min(completed, total), 0)
    let fraction = total > 0 ? Double(done) / Double(total) : 1

    let parts = parts(done: done, fraction: fraction)

    // No part after the first one that does not fit is shown, so that parts do not alternate.
    var room = width - displayWidth(label)
    guard room >= 0 else { return truncated(label, to: width, unicode: unicode) }
    let chosen = parts.prefix { _, text in
      room -= displayWidth(text)
      return room >= 0
    }
    func text(_ kind: Part) -> String {
      chosen.lazy.filter { $0.kind == kind }.map(\.text).joined()
    }
    var bar = text(.bar)
    if !bar.isEmpty {
      let used = chosen.reduce(displayWidth(label)) { $0 + displayWidth($1.text) }
      let cells = min(Self.narrowestBar + width - used, Self.widestBar)
      bar = " " + drawnBar(fraction, cells: cells, unicode: unicode, color: color)
    }
    return Style.bold.applied(to: label, when: color) + text(.count) + bar + text(.percent)
      + text(.metric) + text(.rate) + text(.remaining)
  }

  /// Returns the parts of the line in descending importance, each with the space before it.
  private func parts(done: Int, fraction: Double) -> [(kind: Part, text: String)] {
    var parts: [(kind: Part, text: String)] = []
    parts.append((.percent, " " + padded("\(Int(fraction * 100))%", to: 4)))
    if let remaining { parts.append((.remaining, "  ETA " + Format.clock(remaining))) }
    parts.append((.count, " " + padded("\(done)/\(total)", to: 2 * "\(total)".count + 1)))
    parts.append((.bar, String(repeating: " ", count: 1 + Self.narrowestBar)))
    parts += metrics.map { (.metric, "  " + escaped($0)) }
    if let rate { parts.append((.rate, "  " + escaped(rate))) }
    return parts
  }

  private enum Part { case percent, remaining, count, bar, metric, rate }

  private static let narrowestBar = 6
  private static let widestBar = 30

  private func drawnBar(_ fraction: Double, cells: Int, unicode: Bool, color: Bool) -> String {
    let halves = Int(fraction * Double(2 * cells))
    let full = unicode ? "━" : "#"
    let empty = unicode ? "─" : "-"
    var done = String(repeating: full, count: halves / 2)
    if unicode, !halves.isMultiple(of: 2) { done += "╸" }
    let rest = String(repeating: empty, count: cells - done.count)
    return Style.green.applied(to: done, when: color) + Style.dim.applied(to: rest, when: color)
  }

  private func padded(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(width - text.count, 0)) + text
  }
}
