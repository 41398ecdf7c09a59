import Preconditions

/// Rows of text in columns.
///
/// ```text
/// layer    type     parameters
/// ────────────────────────────
/// conv1    Conv2D          320
/// flatten  Flatten           0
/// ```
///
/// Cells are escaped, so that text from a file cannot break the layout.
public struct Table: Sendable {
  /// The alignment of the text in a column.
  public enum Alignment: Sendable {
    /// Left-aligned, for text. These columns are truncated if the table is too wide.
    case left
    /// Right-aligned, for numbers. These columns are never truncated, because a number with missing
    /// digits would be wrong.
    case right
  }

  /// A column.
  public struct Column: Sendable {
    /// The title of the column.
    public var title: String
    /// The alignment of its text.
    public var alignment: Alignment
    /// Whether a truncated text loses its start and not its end.
    public var keepsEnd: Bool

    /// Creates a column.
    ///
    /// - Parameters:
    ///   - title: The title of the column.
    ///   - alignment: The alignment of its text.
    ///   - keepsEnd: Whether a truncated text loses its start and not its end, as names with
    ///     prefixes should.
    public init(_ title: String, _ alignment: Alignment = .left, keepsEnd: Bool = false) {
      self.title = title
      self.alignment = alignment
      self.keepsEnd = keepsEnd
    }
  }

  private enum Row: Sendable {
    case cells([String], Style?)
    case rule
  }

  /// The space between two columns.
  private static let gap = "  "
  /// The minimum width of a truncated column.
  private static let narrowest = 4

  private let columns: [Column]
  private var rows: [Row] = []

  /// Creates a table without rows.
  ///
  /// - Parameter columns: The columns, at least one. If all titles are empty, there is no header.
  /// - Precondition: There is a column.
  public init(_ columns: [Column]) {
    require(!columns.isEmpty, "A table must have at least one column, but has none.")
    self.columns = columns.map {
      Column(escaped($0.title), $0.alignment, keepsEnd: $0.keepsEnd)
    }
  }

  /// Appends a row.
  ///
  /// - Parameters:
  ///   - cells: One text for each column.
  ///   - style: The style of the row, if there is colour.
  /// - Precondition: There are as many cells as columns.
  public mutating func addRow(_ cells: [String], style: Style? = nil) {
    require(
      cells.count == columns.count,
      """
      A row must have as many cells as there are columns (\(columns.count)), but has \
      \(cells.count).
      """)
    rows.append(.cells(cells.map { escaped($0) }, style))
  }

  /// Appends a horizontal rule.
  public mutating func addRule() {
    rows.append(.rule)
  }

  /// Returns the table as text, with a line break after each line.
  ///
  /// - Parameters:
  ///   - width: The maximum width of lines. While they are wider, the widest column of text is
  ///     truncated, to at least four characters. `nil` for no limit.
  ///   - unicode: Whether rules and ellipses may contain characters beyond ASCII.
  ///   - color: Whether there is colour.
  /// - Returns: The header, a rule, and the rows.
  public func rendered(width: Int?, unicode: Bool, color: Bool) -> String {
    let widths = columnWidths(limit: width)
    let total = widths.reduce(0, +) + Self.gap.count * (widths.count - 1)
    let rule = String(repeating: unicode ? "─" : "-", count: total) + "\n"
    var text = ""
    if columns.contains(where: { !$0.title.isEmpty }) {
      text += line(columns.map(\.title), widths, .bold, unicode: unicode, color: color) + rule
    }
    for row in rows {
      switch row {
      case .cells(let cells, let style):
        text += line(cells, widths, style, unicode: unicode, color: color)
      case .rule: text += rule
      }
    }
    return text
  }

  /// Returns the table as text for a terminal, a pipe or a file.
  ///
  /// - Parameter terminal: The capabilities of the output stream.
  /// - Returns: The header, a rule, and the rows.
  public func rendered(for terminal: Terminal) -> String {
    rendered(
      width: terminal.lineLimit, unicode: terminal.usesUnicode, color: terminal.usesColor)
  }

  private func line(
    _ cells: [String], _ widths: [Int], _ style: Style?, unicode: Bool, color: Bool
  ) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
      let text =
        switch columns[index] {
        case let column where column.alignment == .right: cell
        case let column where column.keepsEnd:
          truncatedAtStart(cell, to: widths[index], unicode: unicode)
        default: truncated(cell, to: widths[index], unicode: unicode)
        }
      let padding = String(repeating: " ", count: max(widths[index] - displayWidth(text), 0))
      if index > 0 { line += Self.gap }
      line += columns[index].alignment == .left ? text + padding : padding + text
    }
    while line.last == " " { line.removeLast() }
    return (style?.applied(to: line, when: color) ?? line) + "\n"
  }

  private func columnWidths(limit: Int?) -> [Int] {
    var widths = columns.map { displayWidth($0.title) }
    for case .cells(let cells, _) in rows {
      for (index, cell) in cells.enumerated() {
        widths[index] = max(widths[index], displayWidth(cell))
      }
    }
    guard let limit else { return widths }
    let texts = columns.indices.filter { columns[$0].alignment == .left }
    var excess = widths.reduce(0, +) + Self.gap.count * (widths.count - 1) - limit
    while excess > 0, let widest = texts.max(by: { widths[$0] < widths[$1] }),
      widths[widest] > Self.narrowest
    {
      // Truncate the widest column to the width of the next one, or by one column if they are
      // equal, but not more than needed.
      let next = texts.lazy.filter { widths[$0] < widths[widest] }.map { widths[$0] }.max() ?? 0
      let isAlone = texts.count(where: { widths[$0] == widths[widest] }) == 1
      let floor = max(isAlone ? next : widths[widest] - 1, Self.narrowest)
      let cut = min(excess, widths[widest] - floor)
      widths[widest] -= cut
      excess -= cut
    }
    return widths
  }
}
