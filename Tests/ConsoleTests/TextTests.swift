import Console
import TestSupport
import Testing

@Suite("Display width")
struct DisplayWidthTests {
  @Test("Every change of width in Unicode's tables is known")
  func unicodeTables() throws {
    let lines = String(decoding: try readBytes(fixture("display-widths.txt")), as: UTF8.self)
      .split(separator: "\n").dropFirst()
    #expect(lines.count > 1500)
    var wrong: [String] = []
    for line in lines {
      let fields = line.split(separator: " ")
      let code = try #require(UInt32(fields[0], radix: 16))
      let scalar = try #require(Unicode.Scalar(code))
      if displayWidth(String(Character(scalar))) != Int(fields[1]) { wrong.append(String(line)) }
    }
    #expect(wrong.isEmpty)
  }

  @Test(
    "A character of several scalars has one width",
    arguments: [
      ("", 0), ("conv1", 5), ("e\u{301}", 1), ("é", 1), ("数字", 4), ("한글", 4),
      ("\u{1112}\u{1161}\u{11AB}", 2), ("👨‍👩‍👧", 2), ("🇩🇪", 2), ("❤", 1), ("❤\u{FE0F}", 2),
      ("1\u{FE0F}\u{20E3}", 2), ("👍🏽", 2), ("\u{301}", 0), ("━╸─…", 4),
    ])
  func clusters(text: String, width: Int) {
    #expect(displayWidth(text) == width)
  }

  @Test(
    "A text that is too wide is truncated, but never inside a wide character",
    arguments: [
      ("kernel", 6, "kernel", "kernel"),
      ("kernel", 5, "kern…", "ke..."),
      ("kernel", 3, "ke…", "..."),
      ("kernel", 2, "k…", ".."),
      ("kernel", 0, "", ""),
      ("数字識別", 8, "数字識別", "数字識別"),
      ("数字識別", 7, "数字識…", "数字..."),
      ("数字識別", 6, "数字…", "数..."),
    ])
  func truncation(text: String, width: Int, unicode: String, ascii: String) {
    #expect(truncated(text, to: width) == unicode)
    #expect(truncated(text, to: width, unicode: false) == ascii)
  }
}

@Suite("Escaping")
struct EscapingTests {
  @Test(
    "Characters that could affect a terminal are escaped",
    arguments: [
      ("conv1/kernel", "conv1/kernel"),
      ("Überprüfung 数字 👨‍👩‍👧 ✓", "Überprüfung 数字 👨‍👩‍👧 ✓"),
      ("a\nb\r\nc\td", "a\\nb\\r\\nc\\td"),
      ("\u{1B}[2J\u{1B}]0;owned\u{07}", "\\x1B[2J\\x1B]0;owned\\x07"),
      ("\0\u{08}\u{7F}", "\\x00\\x08\\x7F"),
      ("\u{9B}31m\u{85}", "\\u{9B}31m\\u{85}"),
      ("exe.\u{202E}gnp.h5", "exe.\\u{202E}gnp.h5"),
      ("\u{2066}x\u{2069}\u{200F}\u{61C}", "\\u{2066}x\\u{2069}\\u{200F}\\u{61C}"),
      ("a\u{2028}b\u{200B}c\u{FEFF}", "a\\u{2028}b\\u{200B}c\\u{FEFF}"),
      ("C:\\models", "C:\\models"),
    ])
  func text(raw: String, shown: String) {
    #expect(escaped(raw) == shown)
    #expect(escaped(Array(raw.utf8)) == shown)
    #expect(escaped(shown) == shown)
  }

  @Test("All control characters are escaped, and no other character")
  func allControls() {
    for code in UInt32(0)...0x2FF {
      guard let scalar = Unicode.Scalar(code) else { continue }
      let text = String(Character(scalar))
      let isControl = scalar.properties.generalCategory == .control
      #expect((escaped(text) == text) == !isControl, "U+\(String(code, radix: 16))")
    }
  }

  @Test(
    "Bytes that are not UTF-8 are escaped one by one",
    arguments: [
      ([0x61, 0xFF, 0x62], "a\\xFFb"),
      ([0xC3, 0xA9], "é"),
      ([0xC3], "\\xC3"),
      ([0xC3, 0x28], "\\xC3("),
      ([0xE6, 0x95, 0x41], "\\xE6\\x95A"),
      ([0xC0, 0x80], "\\xC0\\x80"),
      ([0xED, 0xA0, 0x80], "\\xED\\xA0\\x80"),
      ([0xF4, 0x90, 0x80, 0x80], "\\xF4\\x90\\x80\\x80"),
      ([0xF0, 0x9F, 0x91, 0x8D, 0x80], "👍\\x80"),
      ([0x9B, 0x0A], "\\x9B\\n"),
      ([], ""),
    ] as [([UInt8], String)])
  func bytes(bytes: [UInt8], shown: String) {
    #expect(escaped(bytes) == shown)
  }
}

@Suite("Formatting numbers")
struct FormatTests {
  @Test("Thousands are separated")
  func grouping() {
    #expect(Format.grouped(0) == "0")
    #expect(Format.grouped(999) == "999")
    #expect(Format.grouped(1000) == "1,000")
    #expect(Format.grouped(-123_456) == "-123,456")
    #expect(Format.grouped(2_770_634) == "2,770,634")
    #expect(Format.grouped(Int.min) == "-9,223,372,036,854,775,808")
    #expect(Format.grouped(UInt64.max) == "18,446,744,073,709,551,615")
  }

  /// From `readable_memory_size` of Keras 3.
  @Test(
    "Sizes have the numbers of Keras's summary, with binary units",
    arguments: [
      (0, "0 B"), (320, "320 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (1280, "1.25 KiB"),
      (5160, "5.04 KiB"), (1_048_575, "1024.00 KiB"), (1_048_576, "1.00 MiB"),
      (11_082_536, "10.57 MiB"), (33_247_616, "31.71 MiB"), (5_000_000_000, "4.66 GiB"),
      (1 << 50, "1.00 PiB"),
    ])
  func sizes(bytes: Int, text: String) {
    #expect(Format.bytes(bytes) == text)
  }

  @Test(
    "Counts have three digits and a prefix",
    arguments: [
      (0, "0"), (999, "999"), (1000, "1.00 k"), (9_994, "9.99 k"), (9_995, "10.0 k"),
      (99_949, "99.9 k"), (99_950, "100 k"), (999_499, "999 k"), (999_500, "1.00 M"),
      (5_936_000, "5.94 M"), (7_711_000_000, "7.71 G"), (Int.max, "9.22 E"),
    ])
  func scaled(count: Int, text: String) { #expect(Format.scaled(count) == text) }

  @Test("The largest size is in the largest unit")
  func largestSize() {
    #expect(Format.bytes(Int.max) == "8192.00 PiB")
  }

  @Test(
    "Durations have a unit that depends on their length",
    arguments: [
      (0, "0 ms"), (0.0454, "45 ms"), (0.9994, "999 ms"), (0.9996, "1.0 s"), (12.34, "12.3 s"),
      (59.94, "59.9 s"), (59.96, "1:00"), (127, "2:07"), (3599.4, "59:59"), (3599.6, "1:00:00"),
      (3727, "1:02:07"), (360_000, "100:00:00"), (.nan, "-:--"), (-1, "-:--"), (.infinity, "-:--"),
      (1e300, "-:--"),
    ])
  func durations(seconds: Double, text: String) {
    #expect(Format.duration(seconds) == text)
  }

  @Test("A duration on a clock always has minutes and seconds")
  func clock() {
    #expect(Format.clock(0) == "0:00")
    #expect(Format.clock(11.6) == "0:12")
    #expect(Format.clock(754) == "12:34")
  }

  /// From Python's `f"{value:.{decimals}f}"`.
  @Test(
    "Decimals are rounded as in Python",
    arguments: [
      (0.13605, 4, "0.1361"), (2.675, 2, "2.67"), (0.125, 2, "0.12"), (0.375, 2, "0.38"),
      (-0.001, 2, "-0.00"), (1e22, 1, "10000000000000000000000.0"), (99.995, 2, "100.00"),
      (3, 0, "3"), (.nan, 2, "nan"), (-.infinity, 2, "-inf"),
    ])
  func fixed(value: Double, decimals: Int, text: String) {
    #expect(Format.fixed(value, decimals: decimals) == text)
  }

  @Test("The largest number keeps all its digits")
  func largestNumber() {
    let text = Format.fixed(-Double.greatestFiniteMagnitude, decimals: 30)
    #expect(text.count == 1 + 309 + 1 + 30)
    #expect(text.hasPrefix("-17976931348623157081452742373170435679807056752584499659891747680"))
  }

  @Test("Percentages have two decimals")
  func percentages() {
    #expect(Format.percent(0.9871) == "98.71%")
    #expect(Format.percent(1) == "100.00%")
    #expect(Format.percent(0.123, decimals: 0) == "12%")
  }
}
