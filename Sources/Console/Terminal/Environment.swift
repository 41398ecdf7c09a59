import Glibc

/// The environment variables that affect the format of output.
public struct Environment: Equatable, Sendable {
  /// The names of these variables.
  package static let names = [
    "CLICOLOR_FORCE", "COLUMNS", "LANG", "LC_ALL", "LC_CTYPE", "NO_COLOR", "TERM",
  ]

  private let values: [String: String]

  /// Creates an environment from values, where an empty value counts as not set.
  ///
  /// - Parameter values: The values by their names.
  public init(_ values: [String: String]) {
    self.values = values.filter { !$0.value.isEmpty }
  }

  /// The environment of this process.
  public static var current: Environment {
    var values: [String: String] = [:]
    for name in names {
      if let value = unsafe getenv(name) {
        values[name] = unsafe String(cString: value)
      }
    }
    return Environment(values)
  }

  /// Whether the locale is UTF-8, so that characters beyond ASCII can be shown.
  public var isUTF8: Bool {
    let locale = (self["LC_ALL"] ?? self["LC_CTYPE"] ?? self["LANG"] ?? "").lowercased()
    return locale.hasSuffix("utf-8") || locale.hasSuffix("utf8")
      || locale.contains("utf-8@") || locale.contains("utf8@")
  }

  /// Returns the value of a variable, or `nil` if it is not set or empty.
  ///
  /// - Parameter name: The name of the variable.
  public subscript(name: String) -> String? { values[name] }
}
