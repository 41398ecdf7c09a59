import ArgumentParser

extension Program {
  /// The long names of the options without a value.
  public static var flagNames: Set<String> {
    Set(options.filter { $0.type.hasPrefix("Flag<") }.map(\.name) + ["help", "version"])
  }

  /// A description of the valid values of a numeric option.
  ///
  /// - Parameter name: The option's long name without the dashes.
  /// - Returns: A noun phrase, or `nil` if the option is not numeric.
  static func valueRule(ofOption name: String) -> String? {
    guard let type = options.first(where: { $0.name == name })?.type else { return nil }
    let kinds: KeyValuePairs = [
      "UInt64": "a whole number from 0", "Int": "a whole number", "Float": "a number",
      "Double": "a number",
    ]
    return kinds.first { type.contains("<\($0.key)>") }?.value
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
