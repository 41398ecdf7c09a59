import TestSupport

/// Runs the program `inspect`.
///
/// - Parameters:
///   - arguments: The arguments.
///   - folder: The working directory; by default that of the fixtures.
///   - locale: The value of `LC_ALL`.
/// - Returns: The output and the exit code.
/// - Throws: `IOError` if the program cannot be started.
func inspect(
  _ arguments: String..., in folder: String = fixture("."), locale: String = "C.UTF-8"
) throws -> ProgramResult {
  try run("inspect", arguments, environment: ["LC_ALL": locale], in: folder)
}
