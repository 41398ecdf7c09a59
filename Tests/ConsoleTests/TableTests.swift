import Console
import Testing

@Suite("Table")
struct TableTests {
  private var summary: Table {
    var table = Table([
      Table.Column("layer"), Table.Column("type"), Table.Column("output"),
      Table.Column("parameters", .right),
    ])
    table.addRow(["conv1", "Conv2D", "26×26×32", "320"])
    table.addRow(["flatten", "Flatten", "21632", "0"])
    table.addRow(["d1", "Dense", "128", "2,769,024"])
    table.addRule()
    table.addRow(["total", "", "", "2,769,344"], style: .bold)
    return table
  }

  @Test("Text is left-aligned, numbers are right-aligned, and no line ends with spaces")
  func layout() {
    #expect(
      summary.rendered(width: 80, unicode: true, color: false) == """
        layer    type     output    parameters
        ──────────────────────────────────────
        conv1    Conv2D   26×26×32         320
        flatten  Flatten  21632              0
        d1       Dense    128        2,769,024
        ──────────────────────────────────────
        total                        2,769,344

        """)
    var left = Table([Table.Column("a"), Table.Column("name")])
    left.addRow(["1", ""])
    left.addRow(["2", "x"])
    #expect(
      left.rendered(width: nil, unicode: false, color: false) == "a  name\n-------\n1\n2  x\n")
  }

  @Test("The widest column of text is truncated first, numbers never")
  func shortening() {
    #expect(
      summary.rendered(width: 34, unicode: true, color: false) == """
        layer   type    output  parameters
        ──────────────────────────────────
        conv1   Conv2D  26×26…         320
        flatt…  Flatt…  21632            0
        d1      Dense   128      2,769,024
        ──────────────────────────────────
        total                    2,769,344

        """)
  }

  @Test("Names with prefixes are truncated at their start")
  func keepingEnds() {
    var table = Table([Table.Column("tensor", keepsEnd: true), Table.Column("differ", .right)])
    table.addRow(["optimizer/conv1/kernel/momentum", "288"])
    table.addRow(["d1", "1"])
    #expect(
      table.rendered(width: 24, unicode: true, color: false) == """
        tensor            differ
        ────────────────────────
        …kernel/momentum     288
        d1                     1

        """)
    #expect(truncatedAtStart("a/名前", to: 4, unicode: false) == "...")
    #expect(truncatedAtStart("a/名前", to: 5) == "…名前")
  }

  @Test("Only the column that is too wide is truncated, exactly to the width")
  func oneWideColumn() {
    var table = Table([Table.Column("object"), Table.Column("shape")])
    table.addRow(["model_weights/conv1/conv1/kernel", "[3, 3, 1, 32]"])
    #expect(
      table.rendered(width: 30, unicode: true, color: false) == """
        object           shape
        ──────────────────────────────
        model_weights/…  [3, 3, 1, 32]

        """)
    #expect(
      table.rendered(width: 30, unicode: false, color: false) == """
        object           shape
        ------------------------------
        model_weight...  [3, 3, 1, 32]

        """)
  }

  @Test("Lines do not exceed a width that leaves four characters for each text", arguments: 28...60)
  func everyWidth(width: Int) {
    let lines = summary.rendered(width: width, unicode: true, color: false).split(separator: "\n")
    #expect(lines.map { displayWidth(String($0)) }.max() == min(width, 38))
  }

  @Test("A narrower terminal gets the table with four characters for each text")
  func tooNarrow() {
    let lines = summary.rendered(width: 5, unicode: true, color: false).split(separator: "\n")
    #expect(lines[0] == "lay…  type  out…  parameters")
    #expect(lines[4] == "d1    Den…  128    2,769,024")
  }

  @Test("Wide and combining characters count with their width in columns")
  func wideCharacters() {
    var table = Table([Table.Column("name"), Table.Column("n", .right)])
    table.addRow(["数字識別器", "1"])
    table.addRow(["cafe\u{301}", "2"])
    #expect(
      table.rendered(width: 12, unicode: true, color: false)
        == "name       n\n────────────\n数字識別…  1\ncafe\u{301}       2\n")
  }

  @Test("Text from a file cannot break the layout or affect the terminal")
  func hostileCells() {
    var table = Table([Table.Column(""), Table.Column("")])
    table.addRow(["a\u{1B}[2J\nb", "\u{202E}x"])
    #expect(
      table.rendered(width: nil, unicode: true, color: false) == "a\\x1B[2J\\nb  \\u{202E}x\n")
  }

  @Test("With colour, the header is bold and rows have their style")
  func styles() {
    var table = Table([Table.Column("a")])
    table.addRow(["1"])
    table.addRow(["2"], style: .red)
    #expect(
      table.rendered(width: nil, unicode: false, color: true)
        == "\u{1B}[1ma\u{1B}[22m\n-\n1\n\u{1B}[31m2\u{1B}[39m\n")
  }

  @Test("In a pipe, nothing is truncated and there is no ESC and no CR")
  func pipe() {
    let pipe = Terminal(
      isTerminal: false, columns: nil,
      environment: Environment(["TERM": "xterm", "LANG": "C.UTF-8", "COLUMNS": "20"]))
    var table = Table([Table.Column("path")])
    let path = String(repeating: "group/", count: 40) + "\r"
    table.addRow([path], style: .green)
    let text = table.rendered(for: pipe)
    #expect(text.contains(String(repeating: "group/", count: 40)))
    #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\r" })
  }
}
