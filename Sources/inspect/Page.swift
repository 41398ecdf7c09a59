import Console

/// The common parts of all views: the terminal, and the formatting of text and numbers.
struct Page {
  let terminal: Terminal

  init(_ terminal: Terminal) {
    self.terminal = terminal
  }

  /// The maximum width of running text, in columns.
  var textWidth: Int { terminal.lineLimit ?? 80 }

  func heading(_ text: String) -> String { terminal.styled(escaped(text), .bold) }

  /// Formats a shape as in Python, such as `(3, 3, 1, 32)`, with `None` for open extents.
  func shape(_ shape: [Int?]) -> String {
    let extents = shape.map { $0.map(String.init) ?? "None" }
    return "(" + extents.joined(separator: ", ") + (shape.count == 1 ? ",)" : ")")
  }

  /// Formats a label followed by items, wrapped to the width.
  func items(_ label: String, _ items: [String]) -> String {
    let indentation = 13
    let items = items.map { escaped($0) }
    var line = "  " + escaped(label)
    line += String(repeating: " ", count: max(1, indentation - displayWidth(line)))
    var text = ""
    var isEmpty = true
    for (index, item) in items.enumerated() {
      let item = index < items.count - 1 ? item + "," : item
      if !isEmpty, displayWidth(line) + 1 + displayWidth(item) > textWidth {
        text += line + "\n"
        line = String(repeating: " ", count: indentation)
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + item
      isEmpty = false
    }
    return text + line + "\n"
  }
}
