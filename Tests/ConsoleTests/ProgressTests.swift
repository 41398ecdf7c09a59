import Console
import Testing

@Suite("Progress line")
struct ProgressStateTests {
  private let state = ProgressState(
    label: "Epoch 2/5", completed: 938, total: 1875, metrics: ["loss 0.0432", "acc 98.71%"],
    rate: "26,310 img/s", remaining: 12.4)

  @Test(
    "Parts are left out in ascending importance",
    arguments: [
      (
        120,
        "Epoch 2/5  938/1875 ━━━━━━━━━━━━━━━─────────────── "
          + " 50%  loss 0.0432  acc 98.71%  26,310 img/s  ETA 0:12"
      ),
      (
        90,
        "Epoch 2/5  938/1875 ━━━━━━━━──────── "
          + " 50%  loss 0.0432  acc 98.71%  26,310 img/s  ETA 0:12"
      ),
      (79, "Epoch 2/5  938/1875 ━━━━━━━━━╸─────────  50%  loss 0.0432  acc 98.71%  ETA 0:12"),
      (66, "Epoch 2/5  938/1875 ━━━───  50%  loss 0.0432  acc 98.71%  ETA 0:12"),
      (65, "Epoch 2/5  938/1875 ━━━━━━━━╸────────  50%  loss 0.0432  ETA 0:12"),
      (50, "Epoch 2/5  938/1875 ━━━━━━━╸───────  50%  ETA 0:12"),
      (40, "Epoch 2/5  938/1875  50%  ETA 0:12"),
      (30, "Epoch 2/5  50%  ETA 0:12"),
      (20, "Epoch 2/5  50%"),
      (10, "Epoch 2/5"),
      (6, "Epoch…"),
      (0, ""),
      (-1, ""),
    ])
  func layouts(width: Int, line: String) {
    #expect(state.rendered(width: width, unicode: true) == line)
  }

  @Test("The bar fills by half characters, or by characters in ASCII")
  func bar() {
    func bar(_ completed: Int, unicode: Bool) -> String {
      let state = ProgressState(label: "T", completed: completed, total: 20)
      return state.rendered(width: 23, unicode: unicode)
    }
    #expect(bar(0, unicode: true) == "T  0/20 ──────────   0%")
    #expect(bar(1, unicode: true) == "T  1/20 ╸─────────   5%")
    #expect(bar(11, unicode: true) == "T 11/20 ━━━━━╸────  55%")
    #expect(bar(20, unicode: true) == "T 20/20 ━━━━━━━━━━ 100%")
    #expect(bar(11, unicode: false) == "T 11/20 #####-----  55%")
    #expect(bar(20, unicode: false) == "T 20/20 ########## 100%")
  }

  @Test("The line is never wider than the terminal", arguments: 20...200)
  func everyWidth(width: Int) {
    for total in [0, 1, 7, 1875, 123_456_789] {
      for completed in [0, 1, total / 3, total - 1, total, total + 5] {
        for label in ["Epoch 2/5", "数字 1/3", String(repeating: "long ", count: 60)] {
          let state = ProgressState(
            label: label, completed: completed, total: total, metrics: ["loss nan", "精度 98%"],
            rate: "1 img/s", remaining: 1e8)
          for unicode in [true, false] {
            let line = state.rendered(width: width, unicode: unicode)
            #expect(displayWidth(line) <= width)
            #expect(!line.contains("\n"))
          }
        }
      }
    }
  }

  @Test("Without a UTF-8 locale, the line is ASCII", arguments: [5, 20, 50, 100])
  func ascii(width: Int) {
    #expect(state.rendered(width: width, unicode: false).utf8.allSatisfy { $0 < 0x80 })
  }

  @Test("The width and the columns of the line do not change with the steps")
  func stability() {
    let ends = (0...1875).map { completed in
      var state = state
      state.completed = completed
      let line = state.rendered(width: 100, unicode: true)
      return "\(displayWidth(line)) \(line.split(separator: "%")[1])"
    }
    #expect(Set(ends).count == 1)
  }

  @Test("100% is shown only at the end, and never exceeded")
  func percentage() {
    func shown(_ completed: Int) -> String {
      ProgressState(label: "E", completed: completed, total: 1000).rendered(
        width: 8, unicode: true)
    }
    #expect(shown(999) == "E  99%")
    #expect(shown(1000) == "E 100%")
    #expect(shown(1200) == "E 100%")
    #expect(shown(-3) == "E   0%")
  }

  @Test("Colour only adds escape sequences")
  func color() {
    let line = state.rendered(width: 50, unicode: true, color: true)
    #expect(
      line
        == "\u{1B}[1mEpoch 2/5\u{1B}[22m  938/1875 \u{1B}[32m━━━━━━━╸\u{1B}[39m"
        + "\u{1B}[2m───────\u{1B}[22m  50%  ETA 0:12")
  }

  @Test("Text from a file cannot affect the terminal")
  func hostileText() {
    let state = ProgressState(
      label: "a\nb", completed: 1, total: 1, metrics: ["\u{1B}[2J"], rate: "\r")
    let line = state.rendered(width: 80, unicode: true)
    #expect(line.hasPrefix("a\\nb 1/1 "))
    #expect(line.hasSuffix(" 100%  \\x1B[2J  \\r"))
  }
}

/// A simulated terminal whose clock the test controls.
private final class Screen {
  var time = 100.0
  var width: Int
  var written: [String] = []

  init(width: Int = 60) { self.width = width }

  /// Updates a bar 64 times a second, with one step at a time.
  func update(
    _ bar: ProgressBar, steps: Int, after completed: Int = 0, metrics: () -> [String] = { [] }
  ) {
    for step in 1...steps {
      time = 100 + Double(step) / 64
      bar.update(completed: completed + step, metrics: metrics())
    }
  }

  func bar(
    terminal isTerminal: Bool = true, term: String = "xterm", isEnabled: Bool = true
  ) -> ProgressBar {
    let terminal = Terminal(
      isTerminal: isTerminal, columns: width,
      environment: Environment(["TERM": term, "LANG": "C.UTF-8"]), color: .never)
    return ProgressBar(
      terminal: terminal, isEnabled: isEnabled, width: { self.width }, clock: { self.time },
      output: { self.written.append($0) })
  }
}

@Suite("Progress bar")
struct ProgressBarTests {
  private let erase = "\r\u{1B}[K"

  @Test("The bar is drawn at once, then redrawn at most every 0.1 s")
  func throttling() {
    let screen = Screen()
    let bar = screen.bar()
    bar.begin("E", total: 100)
    #expect(screen.written == [erase + "E   0/100 ──────────────────────────────   0%"])
    screen.update(bar, steps: 39)
    #expect(screen.written.count == 6)
    #expect(screen.written.allSatisfy { $0.hasPrefix(erase) })
    #expect(screen.written.last?.hasPrefix(erase + "E  35/100 ") == true)
  }

  @Test("Metrics are evaluated only for drawing")
  func lazyMetrics() {
    let screen = Screen()
    let bar = screen.bar()
    var asked = 0
    func metrics() -> [String] {
      asked += 1
      return ["loss \(asked)"]
    }
    bar.begin("E", total: 100)
    screen.update(bar, steps: 25, metrics: metrics)
    #expect(asked == 3)
    #expect(screen.written.last?.contains("  loss 3  ") == true)
  }

  @Test("The last column stays empty, also after the terminal has become narrower")
  func resizing() {
    let screen = Screen(width: 40)
    let bar = screen.bar()
    bar.begin("Epoch 1/5", total: 1875)
    #expect(displayWidth(String(screen.written[0].dropFirst(erase.count))) == 39)
    screen.width = 30
    screen.time += 1
    bar.update(completed: 10)
    #expect(displayWidth(String(screen.written[1].dropFirst(erase.count))) <= 29)
  }

  @Test("Clearing erases the line once, and the next update draws it again")
  func clearing() {
    let screen = Screen()
    let bar = screen.bar()
    bar.clear()
    #expect(screen.written.isEmpty)
    bar.begin("E", total: 10)
    bar.clear()
    bar.clear()
    #expect(screen.written.dropFirst() == [erase])
    screen.time += 0.01
    bar.update(completed: 1)
    #expect(screen.written.count == 3)
  }

  @Test("A bar erases itself when its lifetime ends")
  func leaving() {
    let screen = Screen()
    do {
      let bar = screen.bar()
      bar.begin("E", total: 10)
    }
    #expect(screen.written.count == 2)
    #expect(screen.written.last == erase)
  }

  @Test(
    "Nothing is written in a pipe, on a dumb terminal, or if the bar is disabled",
    arguments: [(false, "xterm", true), (true, "dumb", true), (true, "xterm", false)])
  func silence(isTerminal: Bool, term: String, isEnabled: Bool) {
    let screen = Screen()
    do {
      let bar = screen.bar(terminal: isTerminal, term: term, isEnabled: isEnabled)
      bar.begin("E", total: 10)
      screen.time += 1
      bar.update(completed: 5, metrics: ["loss 1"])
      bar.clear()
      bar.update(completed: 6)
    }
    #expect(screen.written.isEmpty)
  }

  @Test("Rate and remaining time do not include the steps before a resume")
  func resuming() {
    let screen = Screen(width: 100)
    let bar = screen.bar()
    bar.begin("E", completed: 1000, total: 1875, itemsPerStep: 32)
    #expect(screen.written.last?.contains("ETA") == false)
    screen.update(bar, steps: 75, after: 1000)
    // 64 steps of 32 images a second; 805 of the 875 steps are left at the last drawing.
    #expect(screen.written.last?.contains(" 1070/1875 ") == true)
    #expect(screen.written.last?.hasSuffix("  2,048 img/s  ETA 0:13") == true)
  }

  @Test("A new epoch begins a new measurement")
  func nextEpoch() {
    let screen = Screen(width: 100)
    let bar = screen.bar()
    bar.begin("E1", total: 100)
    screen.time += 10
    bar.update(completed: 100)
    bar.begin("E2", total: 100)
    screen.time += 1
    bar.update(completed: 50)
    #expect(screen.written.last?.hasSuffix("  50 img/s  ETA 0:01") == true)
  }

  @Test("The rate follows a change within seconds, but does not jump at one slow step")
  func smoothing() {
    let screen = Screen(width: 100)
    let bar = screen.bar()
    bar.begin("E", total: 100_000)
    var step = 0
    func run(seconds: Double, stepsPerSecond: Double) {
      for _ in 0..<Int(seconds * stepsPerSecond) {
        step += 1
        screen.time += 1 / stepsPerSecond
        bar.update(completed: step)
      }
    }
    func rate() -> Int {
      let words = (screen.written.last ?? "").split(separator: " ")
      guard let unit = words.firstIndex(of: "img/s") else { return 0 }
      return Int(words[unit - 1].filter { $0 != "," }) ?? 0
    }
    run(seconds: 20, stepsPerSecond: 100)
    #expect((99...101).contains(rate()))
    screen.time += 1
    step += 1
    bar.update(completed: step)
    #expect((85...95).contains(rate()))
    run(seconds: 40, stepsPerSecond: 200)
    #expect((195...200).contains(rate()))
  }

  @Test("No rate is shown if the clock does not advance or the steps decrease")
  func standstill() {
    let screen = Screen(width: 100)
    let bar = screen.bar()
    bar.begin("E", completed: 5, total: 10)
    bar.update(completed: 6)
    screen.time += 1
    bar.update(completed: 4)
    #expect(screen.written.last?.contains("img/s") == false)
    #expect(screen.written.last?.contains("ETA") == false)
  }
}
