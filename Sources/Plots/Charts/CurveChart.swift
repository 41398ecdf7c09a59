/// Curves over the epochs of a run, or over other things that are counted from 1.
///
/// ```swift
/// let chart = CurveChart(
///   title: "Loss",
///   curves: [.init("training", [0.9, 0.5, 0.3]), .init("validation", [1, 0.7, 0.6])], marked: 3)
/// let svg = try chart.drawing.svg()
/// ```
public struct CurveChart: Sendable {
  /// A curve.
  public struct Curve: Sendable {
    /// The name in the legend.
    public var name: String

    /// The value of each epoch; values that are not finite are left out.
    ///
    /// A value between two that are left out is a dot.
    public var values: [Double]

    /// Creates a curve.
    ///
    /// - Parameters:
    ///   - name: The name in the legend.
    ///   - values: The value of each epoch.
    public init(_ name: String, _ values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  /// The title.
  public var title: String

  /// The curves, at most four.
  public var curves: [Curve]

  /// The text after each number of the vertical axis.
  public var unit: String

  /// The number of an epoch to mark, from 1, such as the best one; `nil` for none.
  public var marked: Int?

  /// The text below the horizontal axis.
  public var axis: String

  /// Creates a chart.
  ///
  /// - Parameters:
  ///   - title: The title.
  ///   - curves: The curves, at most four.
  ///   - unit: The text after each number of the vertical axis.
  ///   - marked: The number of an epoch to mark, from 1; `nil` for none.
  ///   - axis: The text below the horizontal axis.
  public init(
    title: String, curves: [Curve], unit: String = "", marked: Int? = nil, axis: String = "epoch"
  ) {
    (self.title, self.curves, self.unit, self.marked) = (title, curves, unit, marked)
    self.axis = axis
  }

  /// The chart as a drawing of 720 × 400 CSS pixels.
  public var drawing: Drawing {
    var drawing = Drawing(width: 720, height: 400)
    let values = curves.flatMap(\.values).filter(\.isFinite)
    let least = values.min() ?? 0
    let greatest = values.max() ?? 1
    let vertical = AxisTicks(least...greatest)
    let texts = vertical.texts.map { $0 + unit }
    let typeface = Typeface.regular
    let labelWidth = texts.map { typeface.width(of: $0, size: Self.textSize) }.max() ?? 0
    let epochs = max(curves.map(\.values.count).max() ?? 0, 1)
    let plot = Frame(
      x: 24 + labelWidth, y: 64, width: 720 - 24 - labelWidth - 24, height: 400 - 64 - 52)
    let (low, high) = (vertical.values.first ?? 0, vertical.values.last ?? 1)
    func place(_ epoch: Int, _ value: Double) -> Point {
      let share = epochs == 1 ? 0.5 : Double(epoch) / Double(epochs - 1)
      return Point(
        plot.x + share * plot.width, plot.maxY - (value - low) / (high - low) * plot.height)
    }

    drawing.write(Label(title, at: Point(16, 28), size: 16))
    for (value, text) in zip(vertical.values, texts) {
      let y = place(0, value).y
      drawing.stroke([Point(plot.x, y), Point(plot.maxX, y)], width: 1, .grid)
      drawing.write(
        Label(
          text, at: Point(plot.x - 8, y + 4), size: Self.textSize, anchor: .end, ink: .muted))
    }
    for (value, text) in Self.epochTicks(epochs) {
      let x = place(value - 1, low).x
      drawing.stroke([Point(x, plot.maxY), Point(x, plot.maxY + 4)], width: 1, .muted)
      drawing.write(
        Label(
          text, at: Point(x, plot.maxY + 18), size: Self.textSize, anchor: .middle, ink: .muted))
    }
    drawing.write(
      Label(
        axis, at: Point(plot.x + plot.width / 2, plot.maxY + 38), size: Self.textSize,
        anchor: .middle, ink: .muted))
    if let marked, (1...epochs).contains(marked) {
      let x = place(marked - 1, low).x
      drawing.stroke([Point(x, plot.y), Point(x, plot.maxY)], width: 1, .muted)
      drawing.write(
        Label(
          "best", at: Point(x, plot.y - 5), size: Self.textSize, anchor: .middle, ink: .muted))
    }
    var legend = plot.maxX
    for (curve, ink) in zip(curves, Self.inks).reversed() where curves.count > 1 {
      legend -= typeface.width(of: curve.name, size: Self.textSize)
      drawing.write(Label(curve.name, at: Point(legend, 28), size: Self.textSize))
      drawing.stroke([Point(legend - 26, 24), Point(legend - 8, 24)], width: 2.5, ink)
      legend -= 44
    }
    for (curve, ink) in zip(curves, Self.inks) {
      // A value that is not finite interrupts the curve.
      for part in Self.parts(of: curve.values) {
        let points = part.map { place($0, curve.values[$0]) }
        if points.count > 1 { drawing.stroke(points, width: 2, ink) }
        guard epochs <= 40 || points.count == 1 else { continue }
        for point in points { drawing.stroke([point, point], width: 6, ink) }
      }
    }
    return drawing
  }

  /// The runs of positions with finite values.
  private static func parts(of values: [Double]) -> [[Int]] {
    values.indices.split { !values[$0].isFinite }.map(Array.init)
  }

  /// The numbers of epochs along the axis, from 1.
  private static func epochTicks(_ epochs: Int) -> [(Int, String)] {
    let ticks = AxisTicks(1...Double(max(epochs, 2)), limit: 12, areWhole: true)
    var numbers = ticks.values.map { Int($0) }.filter { $0 > 1 && $0 <= epochs }
    numbers.insert(1, at: 0)
    return numbers.map { ($0, "\($0)") }
  }

  private static let textSize = 12.0
  private static let inks: [Ink] = [.blue, .orange, .green, .red]
}
