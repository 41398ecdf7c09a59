/// A confusion matrix: the true classes in rows, the predicted ones in columns.
///
/// The colour of a field is its share of the row: blue if the class is right, orange if not.
///
/// ```swift
/// let chart = ConfusionChart(title: "Answers", names: ["cat", "dog"], counts: [9, 1, 2, 8])
/// let png = try chart.drawing.png()
/// ```
public struct ConfusionChart: Sendable {
  /// The greatest number of classes.
  public static let maximumClassCount = 200

  /// The title.
  public var title: String

  /// The names of the classes.
  public var names: [String]

  /// The number of examples, of shape `[true class, predicted class]`.
  public var counts: [Int]

  /// Creates a chart.
  ///
  /// - Parameters:
  ///   - title: The title.
  ///   - names: The names of the classes, 1 to ``maximumClassCount``.
  ///   - counts: The number of examples, of shape `[true class, predicted class]`.
  public init(title: String, names: [String], counts: [Int]) {
    (self.title, self.names, self.counts) = (title, names, counts)
  }

  /// The chart as a drawing.
  public var drawing: Drawing {
    let count = names.count
    let typeface = Typeface.regular
    let digits = typeface.width(of: "\(counts.max() ?? 0)", size: Self.textSize)
    let side = max(4, min(max(30, digits + 10), (960 / Double(count)).rounded(.down)))
    let hasNumbers = side >= digits + 6
    // Names need room; of many classes, some are left out.
    let every = max(1, Int((14 / side).rounded(.up)))
    let names = names.map { typeface.fitted($0, size: Self.textSize, width: 110) }
    let nameWidth = names.map { typeface.width(of: $0, size: Self.textSize) }.max() ?? 0
    let isVertical = nameWidth > side - 4
    let left = 16 + 20 + nameWidth + 8
    let top = 48 + 20 + (isVertical ? nameWidth : 12) + 8
    let extent = side * Double(count)
    let titleWidth = typeface.width(of: title, size: 16)
    var drawing = Drawing(
      width: max(left + extent + 20, titleWidth + 32), height: top + extent + 20)
    drawing.write(Label(title, at: Point(16, 28), size: 16))
    drawing.write(
      Label(
        "predicted class", at: Point(left + extent / 2, 56), size: Self.textSize,
        anchor: .middle, ink: .muted))
    drawing.write(
      Label(
        "true class", at: Point(28, top + extent / 2), size: Self.textSize, anchor: .middle,
        ink: .muted, isVertical: true))
    for index in stride(from: 0, to: count, by: every) {
      let middle = (Double(index) + 0.5) * side
      drawing.write(
        Label(
          names[index], at: Point(left - 8, top + middle + 4), size: Self.textSize,
          anchor: .end))
      drawing.write(
        Label(
          names[index], at: Point(left + middle + (isVertical ? 4 : 0), top - 8),
          size: Self.textSize, anchor: isVertical ? .start : .middle, isVertical: isVertical))
    }
    let gap = side >= 12 ? 1.0 : 0
    for row in 0..<count {
      let values = counts[row * count..<(row + 1) * count]
      let total = max(1, values.reduce(0, +))
      for (column, value) in values.enumerated() {
        let share = Double(value) / Double(total)
        let frame = Frame(
          x: left + Double(column) * side, y: top + Double(row) * side, width: side - gap,
          height: side - gap)
        drawing.fill(frame, Ink(role: .grid, opacity: 0.35))
        guard value > 0 else { continue }
        // Few errors are visible too.
        let opacity = row == column ? 0.15 + 0.85 * share : 0.12 + 0.88 * share.squareRoot()
        drawing.fill(frame, Ink(role: row == column ? .blue : .orange, opacity: opacity))
        guard hasNumbers else { continue }
        drawing.write(
          Label(
            "\(value)", at: Point(frame.x + frame.width / 2, frame.y + frame.height / 2 + 4),
            size: Self.textSize, anchor: .middle, ink: opacity > 0.55 ? .paper : .text))
      }
    }
    return drawing
  }

  private static let textSize = 12.0
}
