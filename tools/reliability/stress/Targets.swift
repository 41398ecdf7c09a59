import Glibc
import TestSupport

/// Test 9: paths that no checkpoint can be saved to are refused at the start of `train`.
///
/// The message says why; unusual paths that it can be saved to are not refused.
func targets(_ workshop: Workshop, _ effort: Effort) throws -> Finding {
  var failures: [String] = []
  var count = 0
  try workshop.withFolder { base in
    try writeData(in: base)
    for target in Target.all {
      count += 1
      let folder = "\(base)/\(count)"
      mkdir(folder)
      try target.prepare(folder)
      // What root may do knows no bounds: without that, read-only folders are read-only.
      let bounds = geteuid() == 0 ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] : []
      let result = try run(
        "train",
        ["--save", target.path, "--data", "\(base)/data", "--optimizer", "sgd"]
          + ["--max-steps", "2", "--save-patience", "0s"],
        behind: bounds, in: folder)
      chmod(folder, 0o777)
      if let problem = target.problem(result, in: folder) {
        failures.append("\(target.name): \(problem)")
      }
    }
  }
  return Finding(
    "\(count) targets, refused late, wrongly or without saying what \(failures.count)",
    failures: failures)
}

/// A path, and what `train` must do with it.
private struct Target: Sendable {
  let name: String
  var path = checkpointName
  /// The exit code; 0 if the checkpoint can be saved.
  let code: Int32
  /// What the message must name besides the path.
  var says = ""
  let prepare: @Sendable (String) throws -> Void

  func problem(_ result: ProgramResult, in folder: String) -> String? {
    guard result.code == code else { return "\(result.end), not \(code): \(result.error)" }
    if code == 0 {
      return access("\(folder)/\(path)", R_OK) == 0 || path.hasPrefix("/") ? nil : "no checkpoint"
    }
    if !result.output.isEmpty { return "refused only after training" }
    let message = result.error
    guard message.contains(path.split(separator: "\n").first ?? ""), message.contains(says) else {
      return "the message does not say '\(says)': \(message)"
    }
    return nil
  }

  static let all: [Target] = [
    Target(name: "a folder that is read-only", code: 73, says: "Permission denied") {
      chmod($0, 0o555)
    },
    Target(name: "no such folder", path: "no/c.h5", code: 73, says: "No such file") { _ in },
    Target(name: "a folder", code: 73, says: "not a regular file") { mkdir("\($0)/c.h5") },
    Target(name: "a path that ends with a slash", path: "c.h5/", code: 73, says: "name") { _ in },
    Target(name: "a file as a folder", path: "f/c.h5", code: 73, says: "Not a directory") {
      try writeBytes([1], to: "\($0)/f")
    },
    Target(name: "a FIFO", code: 73, says: "not a regular file") { mkfifo("\($0)/c.h5", 0o666) },
    Target(name: "a socket", code: 73, says: "not a regular file", prepare: bindSocket),
    Target(name: "/dev/null", path: "/dev/null", code: 73, says: "not a regular file") { _ in },
    Target(name: "a link that leads nowhere", code: 73, says: "link") {
      symlink("nowhere/x.h5", "\($0)/c.h5")
    },
    Target(name: "a link to itself", code: 73, says: "link") { symlink("c.h5", "\($0)/c.h5") },
    Target(name: "a link to a folder", code: 73, says: "not a regular file") {
      mkdir("\($0)/d")
      symlink("d", "\($0)/c.h5")
    },
    Target(name: "a file that is no checkpoint", code: 73, says: "it is text") {
      try writeBytes(Array("hello".utf8), to: "\($0)/c.h5")
    },
    Target(name: "an empty file", code: 0) { try writeBytes([], to: "\($0)/c.h5") },
    Target(
      name: "a name of 255 bytes", path: String(repeating: "n", count: 252) + ".h5", code: 73,
      says: "File name too long"
    ) { _ in },
    Target(name: "a name of 200 bytes", path: String(repeating: "n", count: 197) + ".h5", code: 0) {
      _ in
    },
    Target(name: "a name with a line break", path: "c\nd.h5", code: 0) { _ in },
    Target(name: "a name in UTF-8 with a space", path: "Übung 1.h5", code: 0) { _ in },
    Target(name: "a name that begins with a dash", path: "./-c.h5", code: 0) { _ in },
    Target(name: "a relative path with ..", path: "d/../c.h5", code: 0) { mkdir("\($0)/d") },
  ]

  @Sendable private static func bindSocket(in folder: String) throws {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { bytes in
      unsafe bytes.copyBytes(from: Array("\(folder)/c.h5".utf8CString).map(UInt8.init(bitPattern:)))
    }
    let result = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else { throw IOError("bind", errno) }
  }
}
