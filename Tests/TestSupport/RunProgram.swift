import Glibc
import Synchronization

/// What a program left behind.
public struct ProgramResult: Sendable {
  /// The bytes that were written to standard output; in a pseudo-terminal, to the terminal.
  public let outputBytes: [UInt8]

  /// The bytes that were written to standard error.
  public let errorBytes: [UInt8]

  /// The exit code, if the program ended by itself.
  public let code: Int32?

  /// The signal that ended the program, if one did.
  public let signal: Int32?

  /// Standard output as text.
  public var output: String { String(decoding: outputBytes, as: UTF8.self) }

  /// Standard error as text.
  public var error: String { String(decoding: errorBytes, as: UTF8.self) }

  /// The last line of standard error.
  public var lastErrorLine: String { error.split(separator: "\n").last.map(String.init) ?? "" }
}

/// Runs one of this package's programs to its end.
///
/// - Parameters:
///   - name: The name of the program, such as `train`.
///   - arguments: What follows the name on the command line.
///   - launcher: A program that starts it and its arguments, such as `["nohup"]`.
///   - script: The shell command that starts `"$@"`: for redirections, pipes and limits.
///   - environment: Variables that are added to those of the tests.
///   - directory: The working directory.
///   - inTerminal: Whether the program gets a pseudo-terminal of 100 columns instead of pipes.
/// - Returns: What it wrote and how it ended.
/// - Throws: ``IOError`` if it cannot be started.
public func run(
  _ name: String, _ arguments: [String], behind launcher: [String] = [],
  shell script: String = plainStart, environment: [String: String] = [:],
  in directory: String = "/", inTerminal: Bool = false
) throws -> ProgramResult {
  try RunningProgram(
    name, arguments, behind: launcher, shell: script, environment: environment, in: directory,
    inTerminal: inTerminal
  ).wait()
}

/// Runs a command of the system to its end.
///
/// - Parameters:
///   - words: The program, found in PATH, and its arguments.
///   - directory: The working directory.
/// - Returns: What it wrote and how it ended.
/// - Throws: ``IOError`` if it cannot be started.
public func runCommand(_ words: [String], in directory: String = "/") throws -> ProgramResult {
  try RunningProgram("/usr/bin/env", words, in: directory).wait()
}

/// Runs a command line in the shell to its end.
///
/// - Parameters:
///   - script: The command line.
///   - directory: The working directory.
/// - Returns: What it wrote and how it ended.
/// - Throws: ``IOError`` if it cannot be started.
public func runShell(_ script: String, in directory: String = "/") throws -> ProgramResult {
  try RunningProgram("/bin/sh", ["-c", script], in: directory).wait()
}

/// The shell command that starts a program without redirections and limits.
public let plainStart = "exec \"$@\""

/// A program that was started and may be sent signals.
///
/// It reads nothing: its standard input is empty.
public final class RunningProgram {
  /// The number of the process.
  public let process: Int32

  private var streams: [CInt]
  private var bytes: [[UInt8]] = [[], []]
  private var result: ProgramResult?

  /// Starts a program.
  ///
  /// - Parameters:
  ///   - name: The name of one of this package's programs, or a path.
  ///   - arguments: What follows the name on the command line.
  ///   - launcher: A program that starts it and its arguments, such as `["nohup"]`.
  ///   - script: The shell command that starts `"$@"`: for redirections, pipes and limits.
  ///   - environment: Variables that are added to those of the tests.
  ///   - directory: The working directory.
  ///   - inTerminal: Whether the program gets a pseudo-terminal of 100 columns instead of pipes.
  /// - Throws: ``IOError`` if it cannot be started.
  public init(
    _ name: String, _ arguments: [String], behind launcher: [String] = [],
    shell script: String = plainStart, environment: [String: String] = [:],
    in directory: String = "/", inTerminal: Bool = false
  ) throws {
    let path = name.contains("/") ? name : try programPath(name)
    // A pipe is marked as not to be inherited only after it was made: until then nobody may start
    // another program, which would hold the pipe open.
    (process, streams) = try starting.withLock { _ in
      try start(
        launcher + [path] + arguments, by: script, environment: environment, in: directory,
        on: inTerminal ? .terminal : .pipes)
    }
  }

  deinit {
    if result == nil {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
    streams.forEach { close($0) }
  }

  /// Sends a signal, unless the program has ended.
  ///
  /// - Parameter number: The signal.
  public func send(_ number: Int32) {
    if result == nil { kill(process, number) }
  }

  /// Closes the pseudo-terminal, as a window that is closed does: the kernel sends SIGHUP to the
  /// session's leader.
  public func closeTerminal() {
    streams.forEach { close($0) }
    streams = []
  }

  /// Whether the program is still running; what it has written is not touched.
  public var isRunning: Bool {
    guard result == nil else { return false }
    var information = unsafe siginfo_t()
    unsafe waitid(P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT)
    return unsafe information.si_signo == 0
  }

  /// Reads all that the program writes, and waits for its end.
  ///
  /// A program that writes nothing for two minutes hangs: it is killed, so that the test that waits
  /// for it fails instead of hanging too.
  ///
  /// - Returns: What it wrote and how it ended.
  public func wait() -> ProgramResult {
    if let result { return result }
    // Both streams at once: a full pipe would stop the program while we read the other one.
    var requests = streams.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while requests.contains(where: { $0.fd >= 0 }) {
      let ready = unsafe poll(&requests, nfds_t(requests.count), 120_000)
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else {
        kill(process, SIGKILL)
        break
      }
      for index in requests.indices where requests[index].revents != 0 {
        let count = unsafe read(requests[index].fd, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        // A pseudo-terminal that nobody writes to any more fails with EIO instead of ending.
        if count <= 0 { requests[index].fd = -1 } else { bytes[index] += buffer.prefix(count) }
      }
    }
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7f
    let result = ProgramResult(
      outputBytes: bytes[0], errorBytes: bytes[1], code: signal == 0 ? status >> 8 & 0xff : nil,
      signal: signal == 0 ? nil : signal)
    self.result = result
    return result
  }
}

/// Where a program's output goes.
private enum Connection {
  case pipes
  case terminal
}

private let starting = Mutex(())

/// Starts a program.
///
/// - Returns: Its process, and the descriptors from which its output can be read.
private func start(
  _ command: [String], by script: String, environment: [String: String],
  in directory: String, on connection: Connection
) throws -> (process: pid_t, streams: [CInt]) {
  var actions = unsafe posix_spawn_file_actions_t()
  unsafe posix_spawn_file_actions_init(&actions)
  defer { unsafe posix_spawn_file_actions_destroy(&actions) }
  var streams: [CInt] = []
  var childSide: [CInt] = []
  defer { childSide.forEach { close($0) } }
  switch connection {
  case .terminal:
    let terminal = try openPseudoTerminal()
    streams = [terminal.descriptor]
    unsafe posix_spawn_file_actions_addopen(&actions, 0, terminal.path, O_RDWR, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, 0, 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, 0, 2)
  case .pipes:
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for target in CInt(1)...2 {
      var ends: [CInt] = [0, 0]
      guard unsafe pipe(&ends) == 0 else { throw IOError("pipe", errno) }
      ends.forEach { _ = fcntl($0, F_SETFD, FD_CLOEXEC) }
      streams.append(ends[0])
      childSide.append(ends[1])
      unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], target)
    }
  }

  var attributes = posix_spawnattr_t()
  unsafe posix_spawnattr_init(&attributes)
  defer { unsafe posix_spawnattr_destroy(&attributes) }
  // Signals as after a login, whatever the tests were started under, and a session of its own.
  var signals = sigset_t()
  unsafe sigemptyset(&signals)
  unsafe posix_spawnattr_setsigmask(&attributes, &signals)
  for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ] { unsafe sigaddset(&signals, number) }
  unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
  unsafe posix_spawnattr_setflags(
    &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | spawnInNewSession)

  // The shell changes the folder, as only an extension of posix_spawn could, and becomes the
  // program.
  let words = ["/bin/sh", "-c", "cd \"$0\" || exit 127\n\(script)", directory] + command
  let variables = inheritedEnvironment().merging(environment) { $1 }.map { "\($0)=\($1)" }
  var process = pid_t()
  let code = unsafe withCStrings(words) { arguments in
    unsafe withCStrings(variables) { variables in
      unsafe posix_spawn(&process, "/bin/sh", &actions, &attributes, arguments, variables)
    }
  }
  guard code == 0 else {
    streams.forEach { close($0) }
    throw IOError("posix_spawn \(command)", code)
  }
  return (process, streams)
}

/// Opens a pseudo-terminal: the end that plays the part of the screen, and the program's device.
private func openPseudoTerminal() throws -> (descriptor: CInt, path: String) {
  let descriptor = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
  guard descriptor >= 0 else { throw IOError("open /dev/ptmx", errno) }
  var (isLocked, number): (CInt, CUnsignedInt) = (0, 0)
  var size = winsize(ws_row: 24, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0)
  guard unsafe ioctl(descriptor, unlockTerminal, &isLocked) == 0,
    unsafe ioctl(descriptor, numberOfTerminal, &number) == 0,
    unsafe ioctl(descriptor, UInt(TIOCSWINSZ), &size) == 0
  else {
    defer { close(descriptor) }
    throw IOError("ioctl /dev/ptmx", errno)
  }
  return (descriptor, "/dev/pts/\(number)")
}

// Macros that Swift does not see.

/// POSIX_SPAWN_SETSID.
private let spawnInNewSession: Int16 = 0x80

/// TIOCSPTLCK, which is what `unlockpt` does.
private let unlockTerminal: UInt = 0x4004_5431

/// TIOCGPTN, from which `ptsname` makes the path.
private let numberOfTerminal: UInt = 0x8004_5430

/// The path of one of this package's programs, which lie beside the tests or above them.
///
/// - Parameter name: The name of the program.
/// - Returns: The path.
/// - Throws: ``IOError`` if the program has not been built, as without CAIRN_ALL in the environment
///   (Package.swift).
public func programPath(_ name: String) throws -> String {
  guard let executable = unsafe realpath("/proc/self/exe", nil) else {
    throw IOError("realpath", errno)
  }
  defer { unsafe free(executable) }
  // The tests may have been started by a helper from elsewhere, and then they are an argument.
  for start in unsafe [String(cString: executable)] + CommandLine.arguments
  where start.contains("/") {
    var folder = start[...]
    while let slash = folder.lastIndex(of: "/") {
      folder = folder[..<slash]
      let path = "\(folder)/\(name)"
      var status = stat()
      if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        access(path, X_OK) == 0
      {
        return path
      }
    }
  }
  throw unsafe IOError("find the program \(name) near \(String(cString: executable))", ENOENT)
}

/// The environment of the tests without what changes how the programs of this package behave.
private func inheritedEnvironment() -> [String: String] {
  // Swift does not let the variable `environ` be read, as anybody may change it.
  let bytes = (try? readBytes("/proc/self/environ")) ?? []
  var variables: [String: String] = [:]
  for entry in bytes.split(separator: 0) {
    let parts = entry.split(separator: UInt8(ascii: "="), maxSplits: 1)
    guard parts.count == 2 else { continue }
    variables[String(decoding: parts[0], as: UTF8.self)] = String(decoding: parts[1], as: UTF8.self)
  }
  for name in [
    "CAIRN_DATA", "CLICOLOR_FORCE", "COLUMNS", "LC_ALL", "LC_CTYPE", "NO_COLOR", "XDG_CACHE_HOME",
  ] { variables[name] = nil }
  variables["LANG"] = "C.UTF-8"
  variables["TERM"] = "xterm-256color"
  return variables
}

/// Calls `body` with the strings as C has them, ended by a null pointer.
private func withCStrings<Result>(
  _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
  let copies = unsafe strings.map { unsafe strdup($0) }
  defer { unsafe copies.forEach { unsafe free($0) } }
  return unsafe body(copies + [nil])
}
