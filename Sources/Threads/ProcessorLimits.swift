import CThreads
import Glibc

/// The limits that the system sets on the processors of this process.
package enum ProcessorLimits {
  /// The number of processors that the threads of this process may run on, at least 1.
  package static func affinity() -> Int {
    let allowed = Int(cairn_allowed_processors())
    return max(1, allowed > 0 ? allowed : Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }

  /// The CPU quota of the control group in processors, rounded up; `nil` without a quota.
  ///
  /// Sources: the kernel's cgroup-v2.rst (`cpu.max`) and sched-bwc.rst (`cpu.cfs_quota_us`). The
  /// smallest quota of a group and the groups above it holds.
  ///
  /// - Parameter root: The folder that holds `proc` and `sys`; empty for the root of the file
  ///   system.
  /// - Returns: The quota, at least 1.
  package static func quota(root: String = "") -> Int? {
    var quotas: [Double] = []
    // A line is "0::/path" in version 2, "4:cpu,cpuacct:/path" in version 1.
    for line in lines(of: "\(root)/proc/self/cgroup") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let isVersion2 = fields[1].isEmpty
      guard isVersion2 || fields[1].split(separator: ",").contains("cpu") else { continue }
      var path = fields[2].split(separator: "/")
      while true {
        let group = (isVersion2 ? [] : ["cpu"]) + path
        let folder = "\(root)/sys/fs/cgroup/" + group.joined(separator: "/")
        quotas += [isVersion2 ? quotaOfVersion2(folder) : quotaOfVersion1(folder)].compactMap(
          \.self)
        if path.popLast() == nil { break }
      }
    }
    return quotas.min().map { Int($0.rounded(.up)) }
  }

  /// `cpu.max` holds "QUOTA PERIOD" in microseconds, or "max PERIOD".
  private static func quotaOfVersion2(_ folder: String) -> Double? {
    let words = lines(of: "\(folder)/cpu.max").first?.split(separator: " ") ?? []
    return words.count == 2 ? ratio(words[0], words[1]) : nil
  }

  /// The quota is -1 where there is none.
  private static func quotaOfVersion1(_ folder: String) -> Double? {
    guard let quota = lines(of: "\(folder)/cpu.cfs_quota_us").first,
      let period = lines(of: "\(folder)/cpu.cfs_period_us").first
    else { return nil }
    return ratio(quota, period)
  }

  private static func ratio(_ quota: Substring, _ period: Substring) -> Double? {
    guard let quota = Double(quota), let period = Double(period), quota > 0, period > 0,
      (quota / period).isFinite
    else { return nil }
    return quota / period
  }

  /// The lines of a small file; none if it cannot be read.
  private static func lines(of path: String) -> [Substring] {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 14)
    let count = unsafe read(file, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n")
  }
}
