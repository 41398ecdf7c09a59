import Glibc

/// The memory that this process can still take.
package enum AvailableMemory {
  /// The available bytes: the least of what the system has without swapping, what the control
  /// groups leave, and what the limit of the address space leaves.
  ///
  /// - Parameter root: The folder that holds `proc` and `sys`; empty for the root of the file
  ///   system.
  /// - Returns: The bytes; `nil` if nothing limits them.
  package static func bytes(root: String = "") -> Int? {
    let groups = ControlGroups(root: root)
    var limits = [system(groups), addressSpace(groups)]
    for (folder, isVersion2) in groups.folders(of: "memory") {
      let names =
        isVersion2
        ? ("memory.max", "memory.current")
        : ("memory.limit_in_bytes", "memory.usage_in_bytes")
      // The caches of files in a group are counted as used, but can be dropped.
      if let limit = number(in: "\(folder)/\(names.0)", groups),
        let used = number(in: "\(folder)/\(names.1)", groups)
      {
        limits.append(max(0, limit - max(0, used - cache(of: folder, groups))))
      }
    }
    return limits.compactMap(\.self).min()
  }

  /// The system's own estimate.
  private static func system(_ groups: ControlGroups) -> Int? {
    let line = groups.lines(of: "proc/meminfo").first { $0.hasPrefix("MemAvailable:") }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
  }

  private static func addressSpace(_ groups: ControlGroups) -> Int? {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0,
      limit.rlim_cur < rlim_t(Int.max)
    else { return nil }
    let pages = groups.lines(of: "proc/self/statm").first?.split(separator: " ").first
    let used = pages.flatMap { Int($0) }.map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) }
    return max(0, Int(limit.rlim_cur) - (used ?? 0))
  }

  private static func cache(of folder: String, _ groups: ControlGroups) -> Int {
    let line = groups.lines(of: "\(folder)/memory.stat").first { $0.hasPrefix("inactive_file ") }
    return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
  }

  /// The number in a file; `nil` for `max`.
  private static func number(in path: String, _ groups: ControlGroups) -> Int? {
    groups.lines(of: path).first.flatMap { Int($0) }
  }
}
