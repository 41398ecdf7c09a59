import ArgumentParser

extension Program {
  /// The long names of the options without a value.
  public static var flagNames: Set<String> {
    Set(options.filter { $0.type.hasPrefix("Flag<") }.map(\.name) + ["help", "version"])
  }

  /// The options with the types of their property wrappers, such as `Flag<Bool>`.
  private static var options: [(name: String, type: String)] {
    options(of: Self())
  }

  private static func options(of arguments: Any) -> [(name: String, type: String)] {
    Mirror(reflecting: arguments).children.flatMap { child -> [(name: String, type: String)] in
      if let group = type(of: child.value) as? any Group.Type {
        return options(of: group.makeArguments())
      }
      guard let label = child.label, label.hasPrefix("_") else { return [] }
      let name = label.dropFirst().reduce(into: "") { name, letter in
        name += letter.isUppercase ? "-\(letter.lowercased())" : String(letter)
      }
      return [(name, "\(type(of: child.value))")]
    }
  }
}

/// A group of options, as a property of a command.
private protocol Group {
  /// Creates the options, which are not parsed.
  static func makeArguments() -> Any
}

extension OptionGroup: Group {
  fileprivate static func makeArguments() -> Any { Value() }
}
