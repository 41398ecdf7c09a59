import Glibc

/// The files in which the kernel tells the limits of this process and of its control groups.
///
/// Source: the kernel's cgroup-v2.rst and cgroup-v1/cgroups.rst.
struct ControlGroups {
  /// The folder that holds `proc` and `sys`; empty for the root of the file system.
  let root: String

  /// The folders of the groups of a controller, each followed by those above it.
  ///
  /// - Parameter controller: The name of the controller, such as `cpu`.
  /// - Returns: The folders, and whether they are of version 2.
  func folders(of controller: String) -> [(path: String, isVersion2: Bool)] {
    var folders: [(path: String, isVersion2: Bool)] = []
    // A line is "0::/path" in version 2, "4:cpu,cpuacct:/path" in version 1.
    for line in lines(of: "proc/self/cgroup") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let isVersion2 = fields[1].isEmpty
      guard isVersion2 || fields[1].split(separator: ",").contains(Substring(controller)) else {
        continue
      }
      var path = fields[2].split(separator: "/")
      while true {
        let group = (isVersion2 ? [] : [Substring(controller)]) + path
        folders.append(("sys/fs/cgroup/" + group.joined(separator: "/"), isVersion2))
        if path.popLast() == nil { break }
      }
    }
    return folders
  }

  /// The lines of a small file; none if it cannot be read.
  ///
  /// - Parameter path: The path below the root.
  /// - Returns: The lines.
  func lines(of path: String) -> [Substring] {
    let file = unsafe open("\(root)/\(path)", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 14)
    let count = unsafe read(file, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n")
  }
}
