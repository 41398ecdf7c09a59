import Images
import Plots
import Testing

@Suite("Charts")
struct ChartTests {
  @Test("Ticks enclose a range at round distances")
  func ticks() {
    #expect(AxisTicks(0.03...0.571).texts == ["0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6"])
    #expect(AxisTicks(81.6...99.1).texts == ["80", "85", "90", "95", "100"])
    #expect(AxisTicks(0...0.0005).texts == ["0", "0.0001", "0.0002", "0.0003", "0.0004", "0.0005"])
    #expect(AxisTicks(-3...4).texts == ["−4", "−2", "0", "2", "4"])
    #expect(AxisTicks(0...4e-9).texts == ["0", "1e-9", "2e-9", "3e-9", "4e-9"])
    #expect(AxisTicks(1...40, limit: 12, areWhole: true).texts.suffix(2) == ["35", "40"])
  }

  @Test("Ticks of a single value, of large and of close numbers enclose them")
  func extremes() {
    let ranges: [ClosedRange<Double>] = [
      0...0, 5...5, 1e30...2e30, 1e20...1.000000001e20, -1e-30...1e-30, 1e-3...1e-3,
    ]
    for range in ranges {
      let ticks = AxisTicks(range)
      let values = ticks.values
      #expect(values.count >= 2 && values.count <= 8, "\(range): \(values)")
      #expect((values.first ?? 1) <= range.lowerBound * (range.lowerBound < 0 ? 0.999 : 1.001))
      #expect((values.last ?? 0) >= range.upperBound * 0.999)
    }
  }

  @Test("Charts are drawn without values, with one and with values that are not finite")
  func charts() throws {
    let series: [[Double]] = [
      [], [0.5], [.nan, 1, .infinity, 2, 3], [Double](repeating: 1, count: 500),
    ]
    for values in series {
      let chart = CurveChart(
        title: "Loss", curves: [.init("a", values), .init("b", [])], marked: 1)
      #expect(try chart.drawing.png().count > 1000)
      let svg = try chart.drawing.svg()
      #expect(!svg.contains("nan") && !svg.contains("inf"))
    }
  }

  @Test("The horizontal axis is named after what is counted")
  func axis() throws {
    let curves = [CurveChart.Curve("a", [1, 2])]
    #expect(try CurveChart(title: "", curves: curves).drawing.svg().contains(">epoch<"))
    let svg = try CurveChart(title: "", curves: curves, axis: "step").drawing.svg()
    #expect(svg.contains(">step<") && !svg.contains(">epoch<"))
  }

  @Test("A value between values that are not finite is a dot")
  func dots() throws {
    let chart = CurveChart(
      title: "", curves: [.init("a", [Double](repeating: .nan, count: 50) + [1, .nan])])
    let svg = try chart.drawing.svg()
    #expect(svg.matches(of: /stroke="var\(--blue\)" stroke-width="6"/).count == 1)
    #expect(!svg.contains("stroke-width=\"2\""))
  }

  @Test("Names are escaped in SVG")
  func escaping() throws {
    let chart = ConfusionChart(
      title: "<&>", names: ["a<b", "\u{1}\"'&"], counts: [1, 2, 3, 4])
    let svg = try chart.drawing.svg()
    #expect(svg.contains(">&lt;&amp;&gt;<"))
    #expect(svg.contains(">a&lt;b<"))
    #expect(svg.contains("\u{FFFD}\"'&amp;"))
  }

  @Test("Embedded pictures are PNG in base 64")
  func base64() throws {
    let sheet = PictureSheet(
      pictures: [.init(.init(width: 1, height: 1, gray: [7]), caption: "x")])
    let svg = try sheet.drawing.svg()
    #expect(svg.contains("href=\"data:image/png;base64,iVBORw0KGgo"))
  }
}
