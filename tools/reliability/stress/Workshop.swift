import Glibc
import TestSupport

/// Where the programs are run, and how they are made to fail.
struct Workshop {
  /// The path of the compiled faults.c.
  let shim: String

  /// Calls `body` with an empty folder in memory, where nothing waits for a disk.
  func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    try withTemporaryDirectory(in: access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", body)
  }

  /// Runs the small program that uses the store, and perhaps makes a call of it fail.
  ///
  /// - Parameters:
  ///   - arguments: Its arguments.
  ///   - folder: The folder whose files are watched.
  ///   - fault: What goes wrong.
  ///   - data: A file to which all bytes that are written are appended.
  /// - Returns: What happened.
  /// - Throws: An error if it cannot be started.
  func drive(
    _ arguments: [String], in folder: String, fault: Fault? = nil, data: String? = nil
  ) throws -> Trial {
    try start("store-driver", arguments, in: folder, fault: fault, data: data)
  }

  /// Runs a program to its end with the shim.
  func start(
    _ program: String, _ arguments: [String], in folder: String, fault: Fault?, data: String? = nil
  ) throws -> Trial {
    let log = folder + ".log"
    unlink(log)
    var environment = ["LD_PRELOAD": shim, "CAIRN_FAULT_DIR": folder, "CAIRN_FAULT_LOG": log]
    environment["CAIRN_FAULT_DATA"] = data
    if let fault {
      environment["CAIRN_FAULT_AT"] = "\(fault.call)"
      environment["CAIRN_FAULT_MODE"] = fault.mode.text
      environment["CAIRN_FAULT_ONLY"] = fault.only
      environment["CAIRN_FAULT_RUN"] = fault.command
    }
    let result = try TestSupport.run(program, arguments, environment: environment, in: folder)
    let lines = (try? readText(log)) ?? ""
    unlink(log)
    return Trial(result: result, calls: Call.list(lines))
  }

  /// Starts the small program, which saves until it is killed; what it says goes to a file.
  ///
  /// Nobody reads a pipe while it runs, and a full one would stop it.
  func startSaving(
    _ count: Int, every milliseconds: Int, in folder: String, to output: String,
    environment: [String: String] = [:]
  ) throws -> RunningProgram {
    try RunningProgram(
      "store-driver", saving(count, in: folder, every: milliseconds),
      shell: "exec \"$@\" >'\(output)' 2>&1", environment: environment, in: folder)
  }

  /// The arguments of the small program for some saves into a folder.
  func saving(
    _ count: Int, in folder: String, keep: Int = 3, every milliseconds: Int = 0
  ) -> [String] {
    ["save", "\(folder)/\(checkpointName)", "\(count)", "\(keep)", "\(milliseconds)"]
      + ["\(folder)/\(bestName)"]
  }
}

/// The step of the last save that a running program has acknowledged in its output.
func lastSaved(in output: String) -> Int {
  ((try? readText(output)) ?? "").split(separator: "\n")
    .last { $0.hasPrefix("saved ") }
    .flatMap { Int($0.dropFirst(6)) } ?? 0
}

/// Makes a folder.
func mkdir(_ path: String) { unsafe Glibc.mkdir(path, 0o777) }

/// The name of the checkpoint in all tests.
let checkpointName = "c.h5"

/// The name of the checkpoint of the best epoch.
let bestName = "b.h5"

/// What goes wrong in a run: see faults.c.
struct Fault: CustomStringConvertible {
  var call: Int
  var mode: Mode
  var only: String?
  var command: String?

  enum Mode: Equatable {
    case once(Int32)
    case from(Int32)
    case short
    case skip
    case run
    case killBefore
    case killAfter

    var text: String {
      switch self {
      case .once(let code): "once:\(code)"
      case .from(let code): "from:\(code)"
      case .short: "short"
      case .skip: "skip"
      case .run: "run"
      case .killBefore: "kill-before"
      case .killAfter: "kill-after"
      }
    }
  }

  var description: String {
    let what =
      switch mode {
      case .once(let code): unsafe "fails once: \(String(cString: strerror(code)))"
      case .from(let code): unsafe "and all later ones fail: \(String(cString: strerror(code)))"
      case .short: "takes half of its bytes"
      case .skip: "and all later ones do nothing"
      case .run: "is preceded by: \(command ?? "")"
      case .killBefore: "is preceded by SIGKILL"
      case .killAfter: "is followed by SIGKILL"
      }
    return "\(only ?? "call") \(call) \(what)"
  }
}
