import Glibc
import TestSupport

/// What a run of `inspect` has left.
struct ProgramResult {
  let status: Int32
  let output: String
  let errors: String
}

/// Runs the program `inspect`, which is built into the folder of the tests.
///
/// - Parameters:
///   - arguments: The arguments.
///   - folder: The folder that it runs in; by default that of the fixtures.
///   - environment: Variables of its environment.
/// - Returns: What it wrote, and its exit code.
/// - Throws: `IOError`, or an error of the shell.
func inspect(
  _ arguments: String..., in folder: String = fixture("."),
  environment: [String] = ["LC_ALL=C.UTF-8"]
) throws -> ProgramResult {
  var path = [CChar](repeating: 0, count: 4096)
  let length = readlink("/proc/self/exe", &path, path.count)
  let tests = String(
    decoding: path.prefix(max(length, 0)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  let program = tests.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/inspect"
  func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }
  return try withTemporaryDirectory { directory in
    let command =
      "cd \(quoted(folder)) && env -i \(environment.map(quoted).joined(separator: " ")) "
      + ([program] + arguments).map(quoted).joined(separator: " ")
      + " > \(directory)/output 2> \(directory)/errors < /dev/null"
    let status = system(command)
    func text(_ name: String) throws -> String {
      String(decoding: try readBytes("\(directory)/\(name)"), as: UTF8.self)
    }
    return ProgramResult(
      // The high byte is the exit code, the low one a signal.
      status: status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F,
      output: try text("output"), errors: try text("errors"))
  }
}
