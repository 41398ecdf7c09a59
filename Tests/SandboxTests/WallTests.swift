import CSandbox
import Glibc
import Sandbox
import TestSupport
import Testing

/// What a parser that a file has taken over could try.
private enum Deed: UInt8, CaseIterable {
  case open
  case write
  case connect
  case fork
  case execute
  case mapExecutableMemory
  case trace
  case signalParent
  case allocate
  case loop

  /// Tries it.
  ///
  /// - Parameter parent: The number of the process that asked.
  /// - Returns: `errno`; 0 if it was possible.
  func attempt(parent: pid_t) -> Int32 {
    switch self {
    case .open: return unsafe Glibc.open("/etc/passwd", O_RDONLY) < 0 ? errno : 0
    case .write: return unsafe Glibc.write(1, "x", 1) < 0 ? errno : 0
    case .connect: return socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) < 0 ? errno : 0
    case .fork: return csandbox_fork() < 0 ? errno : 0
    case .execute:
      unsafe execv("/bin/true", [nil])
      return errno
    case .mapExecutableMemory:
      let memory = unsafe mmap(
        nil, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      return unsafe memory == MAP_FAILED ? errno : 0
    case .trace:
      // Swift does not import functions with a variable number of arguments.
      typealias Trace = @convention(c) (Int32, pid_t, Int, Int) -> Int
      guard let ptrace = unsafe dlsym(nil, "ptrace") else { return 0 }
      let attach: Int32 = 16
      return unsafe unsafeBitCast(ptrace, to: Trace.self)(attach, parent, 0, 0) < 0 ? errno : 0
    case .signalParent: return kill(parent, SIGTERM) < 0 ? errno : 0
    case .allocate:
      // `malloc` would be removed by the compiler, as nothing is written there.
      let memory = unsafe mmap(
        nil, 10 << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      return unsafe memory == MAP_FAILED ? errno : 0
    case .loop:
      // A loop without calls would be removed by the compiler.
      while getpid() != 0 {}
      return 0
    }
  }

  /// How it must end: a refusal with `errno`, or the end of the process.
  var end: Result<Int32, SandboxError> {
    switch self {
    case .open, .connect: .success(EACCES)
    case .write: .success(EBADF)
    case .allocate: .success(ENOMEM)
    case .loop: .failure(.tooSlow(seconds: 0.2))
    default: .failure(.crashed(signal: SIGSYS))
    }
  }
}

/// A sandboxed process that does what it is told.
private let obey: SandboxedProgram.Creator = {
  unsafe SandboxedProgram { request, _ in
    var message = MessageReader(request)
    guard let number = try? message.readInt(), let deed = Deed(rawValue: UInt8(number)),
      let parent = try? message.read(Int32.self)
    else { return ([], 0) }
    var answer = MessageWriter()
    answer.write(deed.attempt(parent: parent))
    return (answer.bytes, 0)
  }.retained
}

/// A sandboxed process that crashes.
private let crash: SandboxedProgram.Creator = {
  unsafe SandboxedProgram { _, _ in
    raise(SIGSEGV)
    return ([], 0)
  }.retained
}

/// A sandboxed process that tells its number.
private let introduce: SandboxedProgram.Creator = {
  unsafe SandboxedProgram { _, _ in
    var answer = MessageWriter()
    answer.write(getpid())
    return (answer.bytes, 0)
  }.retained
}

@Suite("The walls of the sandbox")
struct WallTests {
  private static func call(
    _ program: SandboxedProgram.Creator, _ process: SandboxedProcess, _ request: [UInt8],
    seconds: Double = 5
  ) throws(SandboxError) -> Int32 {
    try unsafe process.call(program, request, seconds: seconds, readingFile: { _, _ in nil }) {
      (answer, _) throws(SandboxError) in try answer.read(Int32.self)
    }
  }

  @Test("Nothing that a parser should not do is possible", arguments: Deed.allCases.map(\.rawValue))
  func deeds(number: UInt8) throws {
    let deed = try #require(Deed(rawValue: number))
    let process = try SandboxedProcess()
    var request = MessageWriter()
    request.write(Int(number))
    request.write(getpid())
    let result = Result { () throws(SandboxError) in
      try unsafe Self.call(obey, process, request.bytes, seconds: deed == .loop ? 0.2 : 5)
    }
    #expect(result == deed.end, "\(deed)")
    // A process that was ended stays so.
    guard case .failure(let error) = deed.end else { return }
    #expect(throws: error) { _ = try unsafe Self.call(obey, process, request.bytes) }
  }

  @Test("A crash is an error of the caller, with its signal")
  func crashes() throws {
    let process = try SandboxedProcess()
    #expect(throws: SandboxError.crashed(signal: SIGSEGV)) {
      _ = try unsafe Self.call(crash, process, [0])
    }
  }

  @Test("A process that was stopped while it waited goes on")
  func stops() throws {
    let process = try SandboxedProcess()
    let number = try unsafe Self.call(introduce, process, [])
    usleep(20_000)
    kill(number, SIGSTOP)
    while try !readText("/proc/\(number)/stat").contains(") T ") { usleep(1000) }
    kill(number, SIGCONT)
    #expect(try unsafe Self.call(introduce, process, []) == number)
  }
}
