import Glibc

/// A file name with fields, such as `{epoch:02d}-{val_loss:.4f}.keras`, as of Python's `format`.
package struct FileNamePattern {
  /// A piece of the pattern.
  fileprivate enum Part {
    case text(String)
    case field(String, Format)
  }

  /// The format of a number: `[sign][0][width][.precision][type]`.
  fileprivate struct Format {
    var sign = ""
    var isPadded = false
    var width = 0
    var precision: Int?
    /// `d`, `f`, `F`, `e`, `E`, `g`, `G` or `%`; `nil` for the shortest text.
    var type: Character?
  }

  /// A value that a field can have.
  package enum Value {
    case integer(Int)
    case number(Double)
  }

  private var parts: [Part] = []

  /// Reads a pattern; `nil` if a brace has no partner or a format is not supported.
  package init?(_ pattern: String) {
    var rest = pattern[...]
    while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
      parts.append(.text(String(rest[..<brace])))
      let next = rest.index(after: brace)
      if next < rest.endIndex, rest[next] == rest[brace] {
        parts.append(.text(String(rest[brace])))
        rest = rest[rest.index(after: next)...]
        continue
      }
      guard rest[brace] == "{", let end = rest[next...].firstIndex(of: "}") else { return nil }
      let field = rest[next..<end].split(
        separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard !field[0].isEmpty, let format = Format(field.count > 1 ? field[1] : "") else {
        return nil
      }
      parts.append(.field(String(field[0]), format))
      rest = rest[rest.index(after: end)...]
    }
    parts.append(.text(String(rest)))
  }

  /// Fills the fields.
  ///
  /// - Parameter values: The values by name.
  /// - Returns: The file name; `nil` if a field has no value, or one that its format does not fit.
  package func text(_ values: [String: Value]) -> String? {
    var text = ""
    for part in parts {
      switch part {
      case .text(let part): text += part
      case .field(let name, let format):
        guard let part = values[name].flatMap(format.text) else { return nil }
        text += part
      }
    }
    return text
  }
}

extension FileNamePattern.Format {
  /// Reads a format; `nil` if it is not supported.
  fileprivate init?(_ text: Substring) {
    var rest = text
    func number() -> Int? {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest.dropFirst(digits.count)
      return Int(digits).flatMap { $0 <= 100 ? $0 : nil }
    }
    if let first = rest.first, "+- ".contains(first) {
      sign = first == "-" ? "" : String(first)
      rest.removeFirst()
    }
    if rest.first == "0" { isPadded = true }
    if rest.first?.isNumber == true {
      guard let width = number() else { return nil }
      self.width = width
    }
    if rest.first == "." {
      rest.removeFirst()
      guard let precision = number() else { return nil }
      self.precision = precision
    }
    type = rest.popFirst()
    guard rest.isEmpty, type.map("dfFeEgG%".contains) != false,
      type != nil || precision == nil, type != "d" || precision == nil
    else { return nil }
  }

  /// Formats a value; `nil` for a number with a fraction as `d`.
  fileprivate func text(_ value: FileNamePattern.Value) -> String? {
    let flags = "%" + sign + (isPadded ? "0" : "") + (width > 0 ? "\(width)" : "")
    switch (value, type) {
    case (.integer(let value), nil), (.integer(let value), "d"):
      return formatted(flags + "ld", value)
    case (.number, "d"): return nil
    case (.number(let value), nil):
      let text = sign.isEmpty || value.sign == .minus ? "\(value)" : "\(sign)\(value)"
      return String(repeating: isPadded ? "0" : " ", count: max(0, width - text.count)) + text
    case (.integer(let value), _): return text(.number(Double(value)))
    case (.number(let value), "%"):
      return formatted(flags + ".\(precision ?? 6)f%%", value * 100)
    case (.number(let value), let type?):
      return formatted(flags + ".\(precision ?? 6)\(type)", value)
    }
  }

  private func formatted(_ format: String, _ value: any CVarArg) -> String {
    var buffer = [CChar](repeating: 0, count: 512)
    let length = unsafe withVaList([value]) { arguments in
      unsafe vsnprintf(&buffer, buffer.count, format, arguments)
    }
    let digits = buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }
    return String(decoding: digits, as: UTF8.self)
  }
}
