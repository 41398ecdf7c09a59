import JSON

/// An argument or option of a program.
struct Argument {
  /// The title of the group of options.
  let section: String?
  /// Whether it is an argument without a name.
  let isPositional: Bool

  private let names: [String]
  private let value: String?
  private let help: String
  private let isRepeating: Bool
  private let isOptional: Bool

  /// Reads an element of `arguments`; `nil` for one that help does not show.
  init?(_ json: JSON) {
    guard json["shouldDisplay"]?.bool == true else { return nil }
    section = json["sectionTitle"]?.string
    isPositional = json["kind"]?.string == "positional"
    isRepeating = json["isRepeating"]?.bool == true
    isOptional = json["isOptional"]?.bool == true
    names = (json["names"]?.array ?? []).compactMap { name in
      name["name"]?.string.map { (name["kind"]?.string == "long" ? "--" : "-") + $0 }
    }
    value = json["kind"]?.string == "flag" ? nil : json["valueName"]?.string
    var help = json["abstract"]?.string ?? ""
    let values = (json["allValues"]?.array ?? []).compactMap(\.string)
    if !values.isEmpty, !help.contains(values.joined(separator: ", ")) {
      help += " (values: \(values.joined(separator: ", ")))"
    }
    if let standard = json["defaultValue"]?.string, !help.contains("(default:") {
      help += " (default: \(standard))"
    }
    self.help = help
  }

  /// The argument in the synopsis.
  var synopsis: String {
    let text = "\\fI\(escaped(value ?? ""))\\fR" + (isRepeating ? " ..." : "")
    return isOptional ? "[\(text)]" : text
  }

  /// The argument with its help.
  var lines: [String] {
    let head =
      isPositional
      ? synopsis
      : names.map { "\\fB\(escaped($0))\\fR" }.joined(separator: ", ")
        + (value.map { " \\fI\(escaped($0))\\fR" } ?? "")
    return [".TP", head, escaped(help)]
  }
}
