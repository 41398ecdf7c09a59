public import ArgumentParser

extension ArgumentHelp {
  /// The help of an option whose value is a number of things.
  ///
  /// - Parameter text: What the option does.
  /// - Returns: The help, with the placeholder `<n>`.
  public static func count(_ text: String) -> ArgumentHelp { ArgumentHelp(text, valueName: "n") }

  /// The help of an option whose value is a number.
  ///
  /// - Parameter text: What the option does.
  /// - Returns: The help, with the placeholder `<number>`.
  public static func number(_ text: String) -> ArgumentHelp {
    ArgumentHelp(text, valueName: "number")
  }

  /// The help of an option whose value is one of some names.
  ///
  /// - Parameter text: What the option does.
  /// - Returns: The help, with the placeholder `<name>`.
  public static func name(_ text: String) -> ArgumentHelp { ArgumentHelp(text, valueName: "name") }

  /// The help of an option or argument that names a file.
  ///
  /// - Parameter text: What the option does.
  /// - Returns: The help, with the placeholder `<file>`.
  public static func file(_ text: String) -> ArgumentHelp { ArgumentHelp(text, valueName: "file") }

  /// The help of an option whose value is the name of a mode.
  ///
  /// - Parameter text: What the option does.
  /// - Returns: The help, with the placeholder `<mode>`.
  public static func mode(_ text: String) -> ArgumentHelp { ArgumentHelp(text, valueName: "mode") }

  /// The help of `--color`, whose values are listed by ArgumentParser.
  public static var color: ArgumentHelp {
    ArgumentHelp("When to colour the output.", valueName: "when")
  }
}
