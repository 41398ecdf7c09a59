import ArgumentParser
import Arguments
import Console

/// The options under the heading Server.
struct ServerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Name or address of the interface to listen at. Only 127.0.0.1, ::1 and localhost are for \
      this machine alone.
      """, valueName: "host"))
  var host = "127.0.0.1"

  @Option(
    name: [.customShort("p"), .long],
    help: .count("Port to listen at; 0 chooses a free one. (default: 8080)"),
    transform: wholeNumber)
  var port = 8080

  @Flag(help: "Answer for every image, even if the model rejects it.")
  var accept = false

  @Option(
    help: .count("Number of threads; it does not affect the answers. (default: all processors)"),
    transform: wholeNumber)
  var threads: Int?

  @Flag(
    name: [.customShort("v"), .long],
    help: "Print a line for each request on standard error, and first how files are confined.")
  var verbose = false

  @Option(help: .color)
  var color = ColorChoice.auto

  func validate() throws {
    try check("--port", port, in: 0...65535)
    try check("--threads", threads, in: 1...1024)
    guard !host.isEmpty else { throw ValidationError("`--host` must not be empty.") }
  }

  /// Whether only programs of this machine can reach the server.
  var isLoopback: Bool {
    host == "localhost" || host == "::1"
      || host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." }
  }
}
