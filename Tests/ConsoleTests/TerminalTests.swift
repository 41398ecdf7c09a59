import Console
import Testing

@Suite("Terminal")
struct TerminalTests {
  private func terminal(
    _ environment: [String: String] = [:], color: ColorChoice = .auto, isTerminal: Bool = true,
    columns: Int? = nil
  ) -> Terminal {
    let values = ["TERM": "xterm"].merging(environment) { $1 }
    return Terminal(
      isTerminal: isTerminal, columns: columns, environment: Environment(values), color: color)
  }

  @Test(
    "Colour depends on the option, then NO_COLOR, then CLICOLOR_FORCE, then the terminal",
    arguments: [
      // environment, option, on a terminal, in a pipe
      ([:], .auto, true, false),
      ([:], .always, true, true),
      ([:], .never, false, false),
      (["NO_COLOR": "1"], .auto, false, false),
      (["NO_COLOR": "0"], .auto, false, false),
      (["NO_COLOR": ""], .auto, true, false),
      (["NO_COLOR": "1"], .always, true, true),
      (["TERM": "dumb"], .auto, false, false),
      (["TERM": ""], .auto, false, false),
      (["TERM": "dumb"], .always, true, true),
      (["CLICOLOR_FORCE": "1"], .auto, true, true),
      (["CLICOLOR_FORCE": "0"], .auto, true, false),
      (["CLICOLOR_FORCE": ""], .auto, true, false),
      (["CLICOLOR_FORCE": "1"], .never, false, false),
      (["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], .auto, false, false),
      (["CLICOLOR_FORCE": "1", "TERM": "dumb"], .auto, true, true),
    ] as [([String: String], ColorChoice, Bool, Bool)])
  func color(
    environment: [String: String], option: ColorChoice, onTerminal: Bool, inPipe: Bool
  ) {
    #expect(terminal(environment, color: option).usesColor == onTerminal)
    #expect(terminal(environment, color: option, isTerminal: false).usesColor == inPipe)
  }

  @Test("A line can be redrawn on a terminal that is not dumb, independently of colour")
  func redrawing() {
    #expect(terminal().canRedraw)
    #expect(terminal(["NO_COLOR": "1"], color: .never).canRedraw)
    #expect(!terminal(["TERM": "dumb"], color: .always).canRedraw)
    #expect(!terminal(["CLICOLOR_FORCE": "1"], color: .always, isTerminal: false).canRedraw)
  }

  @Test("The width is that of the terminal, of COLUMNS, or 80")
  func width() {
    #expect(terminal(["COLUMNS": "100"], columns: 132).width == 132)
    #expect(terminal(["COLUMNS": "100"]).width == 100)
    #expect(terminal(["COLUMNS": "0"]).width == 80)
    #expect(terminal(["COLUMNS": "wide"], columns: 0).width == 80)
    #expect(terminal().width == 80)
  }

  @Test("Lines have a maximum width on a terminal, and none in a pipe")
  func lineLimit() {
    #expect(terminal(columns: 132).lineLimit == 132)
    #expect(terminal(["COLUMNS": "100"], isTerminal: false).lineLimit == nil)
  }

  @Test(
    "Unicode is used in UTF-8 locales; LC_ALL overrides LC_CTYPE, which overrides LANG",
    arguments: [
      (["LANG": "en_GB.UTF-8"], true),
      (["LANG": "C.utf8"], true),
      (["LANG": "ca_ES.UTF-8@valencia"], true),
      (["LANG": "de_DE.ISO-8859-1"], false),
      (["LANG": "en_GB.UTF-8", "LC_CTYPE": "C"], false),
      (["LANG": "C", "LC_CTYPE": "C.UTF-8"], true),
      (["LANG": "C", "LC_CTYPE": "C", "LC_ALL": "C.UTF-8"], true),
      (["LANG": "en_GB.UTF-8", "LC_ALL": ""], true),
      ([:], false),
    ])
  func unicode(environment: [String: String], expected: Bool) {
    #expect(terminal(environment).usesUnicode == expected)
  }

  @Test("Styles use the codes of ECMA-48, and their end codes end only that style")
  func styles() {
    #expect(Style.red.applied(to: "no", when: true) == "\u{1B}[31mno\u{1B}[39m")
    let inner = Style.bold.applied(to: "b", when: true)
    #expect(
      Style.cyan.applied(to: "a\(inner)c", when: true)
        == "\u{1B}[36ma\u{1B}[1mb\u{1B}[22mc\u{1B}[39m")
    #expect(
      Style.allCases.map { $0.applied(to: "x", when: true) }.count
        == Set(
          Style.allCases.map { $0.applied(to: "x", when: true) }
        ).count)
  }

  @Test("Without colour, a style does not change the text", arguments: Style.allCases)
  func plainStyles(style: Style) {
    #expect(terminal(isTerminal: false).styled("text", style) == "text")
    #expect(style.applied(to: "", when: true) == "")
  }
}
