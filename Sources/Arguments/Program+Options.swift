import ArgumentParser

extension Program {
  /// The long names of the options without a value.
  public static var flagNames: Set<String> {
    Set(options.filter { $0.type.hasPrefix("Flag<") }.map(\.name) + ["help", "version"])
  }

  /// The options with the types of their property wrappers, such as `Flag<Bool>`.
  private static var options: [(name: String, type: String)] {
    Mirror(reflecting: Self()).children.compactMap { child in
      guard let label = child.label, label.hasPrefix("_") else { return nil }
      let name = label.dropFirst().reduce(into: "") { name, letter in
        name += letter.isUppercase ? "-\(letter.lowercased())" : String(letter)
      }
      return (name, "\(type(of: child.value))")
    }
  }
}
