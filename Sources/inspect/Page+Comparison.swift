import Console
import Inspection
import JSON

extension Page {
  /// The differences between two files, in the order of the model, and a verdict in one line.
  func comparison(_ comparison: FileComparison) -> String {
    var sections = [
      "\(heading("A")) \(title(comparison.first))\(heading("B")) \(title(comparison.second))"
    ]
    let tensors = comparison.tensors.filter { $0.status != .equal }
    if !tensors.isEmpty { sections.append(table(tensors)) }
    let facts = comparison.facts.filter { $0.status != .equal }
    if !facts.isEmpty { sections.append(table(facts, title: "fact")) }
    let environment = comparison.environment.filter { $0.status != .equal }
    if !environment.isEmpty {
      sections.append(
        table(environment, title: "environment")
          + "Differences in the environment (time, machine) are ignored.\n")
    }
    let notes = comparison.notes + hints(comparison)
    if !notes.isEmpty {
      sections.append(
        notes.map { "\(terminal.styled("Note:", .yellow)) \(escaped($0))\n" }.joined())
    }
    sections.append(verdict(comparison))
    return sections.joined(separator: "\n")
  }

  // MARK: - Tables

  private func table(_ tensors: [TensorComparison]) -> String {
    let isNarrow = terminal.lineLimit.map { $0 < 72 } ?? false
    let noun = tensors.contains { $0.name.hasPrefix("/") } ? "dataset" : "tensor"
    var columns: [Table.Column] = [
      .init(noun, keepsEnd: true), .init("result"), .init("differ", .right),
      .init("max |a-b|", .right),
    ]
    if !isNarrow { columns += [.init("rel. L2", .right), .init("max ULP", .right)] }
    var table = Table(columns + [.init("first difference")])
    for tensor in tensors.prefix(Page.listedDifferences) {
      table.addRow(
        [cell(tensor.name), tensor.status.rawValue]
          + numbers(tensor.elements).prefix(columns.count - 2)
          + [cell(firstDifference(tensor))], style: style(tensor.status))
    }
    return table.rendered(for: terminal) + rest(of: tensors.count)
  }

  private func numbers(_ elements: ElementComparison?) -> [String] {
    guard let elements else { return ["", "", "", ""] }
    return [
      Format.grouped(elements.differingCount), short(elements.maximumDifference),
      short(elements.relativeDifference), elements.maximumSteps.map(steps) ?? "",
    ]
  }

  /// A number of steps between floating-point numbers; in a terminal with few columns, only the
  /// order of magnitude of one that is large.
  private func steps(_ count: UInt64) -> String {
    let isShort = terminal.lineLimit.map { $0 < 96 } ?? false
    return isShort && count > 99_999 ? short(Double(count)) : Format.grouped(count)
  }

  /// The first difference, such as `[2, 1]: 0.5 and 0.25`, or a difference of shape or type.
  private func firstDifference(_ tensor: TensorComparison) -> String {
    if let problem = tensor.problem { return problem }
    guard let first = tensor.first else { return tensor.second.map { description($0) } ?? "" }
    guard let second = tensor.second else { return description(first) }
    var parts: [String] = []
    switch tensor.status {
    case .otherShape: return "\(shape(first.shape)) and \(shape(second.shape))"
    case .otherType: parts.append("\(first.elementType) and \(second.elementType)")
    default: break
    }
    if let elements = tensor.elements,
      let place = elements.firstDistant ?? elements.firstDifference
    {
      let index = place.index.isEmpty ? "" : "\(place.index): "
      parts.append("\(index)\(place.first) and \(place.second)")
      if elements.nonFiniteCount > 0 {
        parts.append("\(Format.count(elements.nonFiniteCount, "difference")) with NaN or infinity")
      }
    }
    return parts.joined(separator: "; ")
  }

  private func description(_ variable: VariableReport) -> String {
    "\(variable.elementType) \(shape(variable.shape))"
  }

  private func table(_ facts: [FactComparison], title: String) -> String {
    var table = Table([.init(title, keepsEnd: true), .init("result"), .init("A"), .init("B")])
    for fact in facts.prefix(Page.listedDifferences) {
      let name = fact.index.map { "\(fact.name)[\($0)]" } ?? fact.name
      table.addRow(
        [
          cell(name), fact.status.rawValue, cell(text(fact.first, fact.index)),
          cell(text(fact.second, fact.index)),
        ], style: title == "environment" ? nil : style(fact.status))
    }
    return table.rendered(for: terminal) + rest(of: facts.count)
  }

  /// The maximum number of rows of a table of differences.
  private static let listedDifferences = 1000

  /// The maximum number of characters in a cell of such a table.
  private static let cellLength = 300

  private func cell(_ text: String) -> String {
    truncated(text, to: Page.cellLength, unicode: terminal.usesUnicode)
  }

  private func rest(of number: Int) -> String {
    let rest = number - Page.listedDifferences
    return rest > 0 ? "and \(Format.count(rest, "more difference")); --json lists all\n" : ""
  }

  /// A value in one line; for two lists, only the first element that differs.
  private func text(_ value: JSON?, _ index: Int?) -> String {
    guard let value else { return "" }
    if case .array(let elements) = value, let index, elements.indices.contains(index) {
      return text(elements[index], nil)
    }
    if case .string(let text) = value { return text }
    if case .array(let elements) = value, elements.count > 8 { return "\(elements.count) values" }
    let lines = value.indentedText.split(separator: "\n")
    return lines.map { $0.drop { $0 == " " } }.joined(separator: " ")
  }

  private func style(_ status: ComparisonStatus) -> Style? {
    switch status {
    case .equal: nil
    case .close: .yellow
    default: .red
    }
  }

  // MARK: - Verdict

  /// Hints for ignoring differences that may not matter.
  private func hints(_ comparison: FileComparison) -> [String] {
    guard !comparison.isSame else { return [] }
    if comparison.isClose, !comparison.tolerance.acceptsClose {
      return [
        "all differences are close; with --rtol \(comparison.tolerance.relative), the files count "
          + "as the same"
      ]
    }
    let parts = [
      ("optimizer", "an optimizer"), ("training_state", "a training state"),
      ("pictures", "names of classes or a preparation of pictures"),
    ]
    return parts.filter { section, _ in
      let statuses =
        comparison.tensors.filter { $0.name.hasPrefix("\(section)/") }.map(\.status)
        + comparison.facts.filter { $0.name.hasPrefix("\(section)/") }.map(\.status)
      return !statuses.isEmpty
        && statuses.allSatisfy { $0 == .onlyInFirst || $0 == .onlyInSecond }
    }.map { section, noun in
      "only one of the files has \(noun); --ignore \(section) compares the rest"
    }
  }

  /// The verdict in one line: whether the files are the same, and the differences that count.
  private func verdict(_ comparison: FileComparison) -> String {
    let counts = comparison.counts
    let order: [ComparisonStatus] = [
      .different, .otherShape, .otherType, .onlyInFirst, .onlyInSecond, .unreadable, .close, .equal,
    ]
    let noun = comparison.matching == .role ? "tensor" : "dataset"
    let tensors = order.compactMap { status in
      counts[status].flatMap {
        $0.tensors > 0 ? "\(Format.grouped($0.tensors)) \(status.rawValue)" : nil
      }
    }
    let facts = order.compactMap { status in
      counts[status].flatMap {
        $0.facts > 0 ? "\(Format.grouped($0.facts)) \(status.rawValue)" : nil
      }
    }
    let parts = [("\(noun)s", tensors), ("other facts", facts)].filter { !$0.1.isEmpty }
      .map { "\($0.0): \($0.1.joined(separator: ", "))" }
    let isPartial = !comparison.problems.isEmpty
    let words =
      !comparison.isSame
      ? terminal.styled("The files differ", .red)
      : isPartial
        ? terminal.styled(
          "No differences were found, but some parts could not be compared", .yellow)
        : terminal.styled(
          comparison.counts[.close] == nil
            ? "The files are the same" : "The files are the same within the tolerance", .green)
    return words + (parts.isEmpty ? ".\n" : "; \(parts.joined(separator: "; ")).\n")
  }
}
