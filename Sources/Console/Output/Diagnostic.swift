/// A message of a program to its user, such as `train: error: Cannot open 'a.h5': …`.
public struct Diagnostic: Equatable, Sendable {
  /// The severity of a message.
  public enum Severity: String, Sendable {
    /// The operation failed.
    case error
    /// Something failed or looks wrong, but the program continues.
    case warning
  }

  /// The severity.
  public var severity: Severity
  /// The name of the program.
  public var program: String
  /// One sentence without a full stop; further lines are a list, and begin with two spaces.
  public var message: String
  /// A hint how to solve the problem, if there is one.
  public var hint: String?

  /// Creates a message.
  ///
  /// - Parameters:
  ///   - severity: The severity.
  ///   - program: The name of the program.
  ///   - message: One sentence without a full stop; further lines are a list.
  ///   - hint: A hint how to solve the problem.
  public init(_ severity: Severity, program: String, message: String, hint: String? = nil) {
    self.severity = severity
    self.program = program
    self.message = message
    self.hint = hint
  }

  /// Returns the message as text, with a line break at its end.
  ///
  /// Only the lines of a list, which begin with two spaces, are lines: all other line breaks come
  /// from names, and are escaped. Program name, message and hint are escaped, so that text from a
  /// file cannot affect the terminal.
  ///
  /// - Parameter color: Whether the labels `error:`, `warning:` and `hint:` are coloured.
  /// - Returns: One line or more.
  public func rendered(color: Bool) -> String {
    let style: Style = severity == .error ? .red : .yellow
    let label = style.applied(to: severity.rawValue + ":", when: color)
    var text = line(label, message)
    if let hint {
      text += line(Style.cyan.applied(to: "hint:", when: color), hint)
    }
    return text
  }

  private func line(_ label: String, _ text: String) -> String {
    var lines: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if lines.isEmpty || line.hasPrefix("  ") {
        lines.append(String(line))
      } else {
        lines[lines.count - 1] += "\n" + line
      }
    }
    let text = lines.map { escaped($0) }.joined(separator: "\n")
    return "\(escaped(program)): \(label) \(text)\n"
  }
}

/// Writes an error to standard error.
///
/// - Parameters:
///   - program: The name of the program.
///   - message: One sentence without a full stop; further lines are a list.
///   - hint: A hint how to solve the problem.
///   - color: The value of `--color`.
public func printError(
  program: String, message: String, hint: String? = nil, color: ColorChoice = .auto
) {
  let diagnostic = Diagnostic(.error, program: program, message: message, hint: hint)
  StandardError.write(diagnostic.rendered(color: Terminal.of(.error, color: color).usesColor))
}

/// Writes a warning to standard error.
///
/// - Parameters:
///   - program: The name of the program.
///   - message: One sentence without a full stop; further lines are a list.
///   - hint: A hint how to solve the problem.
///   - color: The value of `--color`.
public func printWarning(
  program: String, message: String, hint: String? = nil, color: ColorChoice = .auto
) {
  let diagnostic = Diagnostic(.warning, program: program, message: message, hint: hint)
  StandardError.write(diagnostic.rendered(color: Terminal.of(.error, color: color).usesColor))
}
