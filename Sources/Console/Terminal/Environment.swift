import Glibc

/// The environment variables that decide how output looks.
public struct Environment: Equatable, Sendable {
  /// The names that are looked at.
  package static let names = [
    "CLICOLOR_FORCE", "COLUMNS", "LANG", "LC_ALL", "LC_CTYPE", "NO_COLOR", "TERM",
  ]

  private let values: [String: String]

  /// Creates an environment from values, of which the empty ones count as not set.
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

  /// Whether characters beyond ASCII can be shown: the locale is a UTF-8 one.
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
