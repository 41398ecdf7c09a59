import Console
import HDF5
import Inspection

extension ObjectReport {
  /// The object in a line, and a line for each attribute.
  func text(for terminal: Terminal) -> String {
    var facts: [String] = []
    if let sameAs {
      facts.append("same as \(sameAs)")
    } else if let dataset {
      facts.append("\(dataset.shape) \(dataset.elementType)")
      facts.append("\(dataset.layout)")
      facts += dataset.filters.map(\.name)
      facts.append("\(Format.bytes(dataset.storageSize)) stored")
      if let offset = dataset.fileOffset { facts.append("at byte \(Format.grouped(offset))") }
    } else {
      switch kind {
      case .group: facts.append("group")
      case .dataset: facts.append("dataset")
      default: facts.append("\(kind)")
      }
    }
    if let problem { facts.append(problem) }
    var text = terminal.styled(escaped(path), .bold)
    text += "  " + escaped(facts.joined(separator: ", ")) + "\n"
    for (name, value) in attributes { text += "    @\(escaped(name)) = \(escaped(shown(value)))\n" }
    return text
  }

  private func shown(_ value: AttributeValue) -> String {
    switch value {
    case .string(let string): "\"\(string)\""
    case .strings(let strings): "[" + strings.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
    case .int(let number): "\(number)"
    case .ints(let numbers): "\(numbers)"
    case .uint(let number): "\(number)"
    case .uints(let numbers): "\(numbers)"
    case .double(let number): "\(number)"
    case .doubles(let numbers): "\(numbers)"
    case .empty: "[]"
    case .other(let words): words
    }
  }
}
