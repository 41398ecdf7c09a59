import Console
import HDF5
import Inspection
import JSON

extension Page {
  /// One line per object, followed by its attributes.
  func objects(_ list: ObjectList) -> String {
    let widest = list.objects.lazy.map { displayWidth(escaped($0.path)) }.max() ?? 0
    let column = min(widest, 44)
    var text = ""
    for (index, object) in list.objects.enumerated() {
      guard text.utf8.count < Page.listBytes else {
        text += "(\(Format.count(list.objects.count - index, "more object")); --json lists all)\n"
        break
      }
      let path = escaped(object.path)
      let padding = String(repeating: " ", count: max(0, column - displayWidth(path)))
      text += "\(terminal.styled(path, .bold))\(padding)  \(escaped(description(object.content)))\n"
      for (index, (name, value)) in object.attributes.enumerated() {
        guard text.utf8.count < Page.listBytes else {
          let rest = object.attributes.count - index
          text += "    (\(Format.count(rest, "more attribute")); --json lists all)\n"
          break
        }
        text += "    @\(escaped(name)) = \(self.text(of: value))\n"
      }
      if let problem = object.problem { text += "    (\(escaped(problem.reason)))\n" }
    }
    if let omission = list.omission { text += "(\(omission))\n" }
    return text
  }

  /// The objects of a file without a model, as a tree indented by group level.
  func tree(_ list: ObjectList) -> String {
    let shown = list.objects.dropFirst().prefix(Page.treeLines)
    let rest = list.objects.count - 1 - shown.count
    let names = shown.map { object in
      let parts = object.path.split(separator: "/")
      let name = escaped(String(parts.last ?? ""))
      let isGroup = if case .group = object.content { true } else { false }
      return String(repeating: "  ", count: parts.count) + name + (isGroup ? "/" : "")
    }
    let column = min(names.lazy.map(displayWidth).max() ?? 0, 44)
    var text = "No model; --raw also lists storage and attributes.\n"
    for (name, object) in zip(names, shown) {
      text += name
      if case .group = object.content {
      } else {
        text += String(repeating: " ", count: max(0, column - displayWidth(name)))
        text += "  " + escaped(short(object.content))
      }
      text += "\n"
    }
    if rest > 0 { text += "  and \(Format.count(rest, "object")) more\n" }
    if let omission = list.omission { text += "(\(omission))\n" }
    return text
  }

  /// The maximum number of objects in the tree.
  private static let treeLines = 200

  /// The type and shape of a dataset, or the kind of another object.
  private func short(_ content: ObjectReport.Content) -> String {
    guard case .dataset(let dataset) = content else { return description(content) }
    let type = dataset.elementType + (dataset.shape.map { " \(shape($0))" } ?? "")
    return switch dataset.layout {
    case .virtual, .external: "\(type), \(dataset.layout)"
    default: type
    }
  }

  private func description(_ content: ObjectReport.Content) -> String {
    switch content {
    case .group(let count): "group of \(Format.count(count, "member"))"
    case .dataset(let dataset): description(dataset)
    case .sameAs(let path): "same as \(path)"
    case .other(let kind): "\(kind)"
    }
  }

  private func description(_ dataset: DatasetReport) -> String {
    var parts = [dataset.elementType + (dataset.shape.map { " \(shape($0))" } ?? "")]
    switch dataset.layout {
    case .chunked(let chunk): parts.append("chunked \(shape(chunk))")
    default: parts.append("\(dataset.layout)")
    }
    parts += dataset.filters.map { filter in
      ([filter.name] + filter.parameters.prefix(4).map(String.init)).joined(separator: " ")
    }
    parts.append(Format.count(dataset.storageSize, "byte"))
    if let offset = dataset.fileOffset { parts.append("at \(offset)") }
    return parts.joined(separator: ", ") + (dataset.name.map { "  (\($0))" } ?? "")
  }

  private func text(of value: AttributeValue) -> String {
    switch value {
    case .string(let text):
      // Keras configs are JSON in a single line of thousands of characters.
      guard text.hasPrefix("{"), (60...Page.valueBytes).contains(text.utf8.count),
        let json = try? JSON(parsing: text)
      else { return quoted(text, atMost: Page.listedCharacters) }
      let indented = json.sortingKeys().indentedText
      let lines = indented.prefix(Page.valueBytes).split(separator: "\n")
      let isCut = indented.utf8.count > Page.valueBytes
      return lines.joined(separator: "\n    ") + (isCut ? "… (--json has all of it)" : "")
    case .strings(let texts): return list(texts) { quoted($0, atMost: 1000) }
    case .int(let number): return "\(number)"
    case .uint(let number): return "\(number)"
    case .double(let number): return "\(number)"
    case .ints(let numbers): return list(numbers) { "\($0)" }
    case .uints(let numbers): return list(numbers) { "\($0)" }
    case .doubles(let numbers): return list(numbers) { "\($0)" }
    case .empty: return "[]"
    case .other(let words): return "(\(escaped(words)))"
    }
  }

  private func list<Value>(_ values: [Value], _ text: (Value) -> String) -> String {
    let shown = values.prefix(Page.listedValues).map(text).joined(separator: ", ")
    let rest = values.count - Page.listedValues
    return "[\(shown)\(rest > 0 ? ", and \(Format.grouped(rest)) more" : "")]"
  }

  /// The maximum number of printed values of an attribute; --json prints all.
  private static let listedValues = 1000

  /// The maximum number of characters of such a value that are printed.
  private static let listedCharacters = 64 << 10

  /// The maximum number of bytes of a text that is printed as JSON in lines.
  private static let valueBytes = 1 << 20

  /// No further object is listed after so many bytes.
  private static let listBytes = 2 << 20

  private func quoted(_ text: String, atMost limit: Int) -> String {
    let shown = text.prefix(limit)
    let rest = text.utf8.count - shown.utf8.count
    return "\"\(escaped(String(shown)))\""
      + (rest > 0 ? " and \(Format.count(rest, "more byte")); --json has all" : "")
  }
}
