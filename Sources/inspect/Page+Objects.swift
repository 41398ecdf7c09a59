import Console
import HDF5
import Inspection
import NeuralNetwork

extension Page {
  /// Every object in a line, its attributes below it.
  func objects(_ list: ObjectList) -> String {
    let widest = list.objects.lazy.map { displayWidth(escaped($0.path)) }.max() ?? 0
    let column = min(widest, 44)
    var text = ""
    for object in list.objects {
      let path = escaped(object.path)
      let padding = String(repeating: " ", count: max(0, column - displayWidth(path)))
      text += "\(terminal.styled(path, .bold))\(padding)  \(escaped(description(object.content)))\n"
      for (name, value) in object.attributes {
        text += "    @\(escaped(name)) = \(self.text(of: value))\n"
      }
      if let problem = object.problem { text += "    (\(escaped(problem)))\n" }
    }
    if let omission = list.omission { text += "(\(omission))\n" }
    return text
  }

  private func description(_ content: ObjectReport.Content) -> String {
    switch content {
    case .group(let count): "group of \(self.count(count, "member"))"
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
    parts.append(count(dataset.storageSize, "byte"))
    if let offset = dataset.fileOffset { parts.append("at \(offset)") }
    return parts.joined(separator: ", ") + (dataset.name.map { "  (\($0))" } ?? "")
  }

  private func text(of value: AttributeValue) -> String {
    switch value {
    case .string(let text):
      // The configurations of Keras are JSON in one line of thousands of characters.
      guard text.hasPrefix("{"), text.utf8.count > 60, let json = try? JSON(parsing: text) else {
        return quoted(text)
      }
      let lines = JSONDocument(json).text.split(separator: "\n")
      return lines.joined(separator: "\n    ")
    case .strings(let texts): return "[" + texts.map(quoted).joined(separator: ", ") + "]"
    case .int(let number): return "\(number)"
    case .uint(let number): return "\(number)"
    case .double(let number): return "\(number)"
    case .ints(let numbers): return "\(numbers)"
    case .uints(let numbers): return "\(numbers)"
    case .doubles(let numbers): return "\(numbers)"
    case .empty: return "[]"
    case .other(let words): return "(\(escaped(words)))"
    }
  }

  private func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }
}
