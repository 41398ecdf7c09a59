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
    let groups = ControlGroups(root: root)
    let quotas = groups.folders(of: "cpu").compactMap { folder, isVersion2 in
      isVersion2 ? quotaOfVersion2(folder, groups) : quotaOfVersion1(folder, groups)
    }
    return quotas.min().map { Int($0.rounded(.up)) }
  }

  /// `cpu.max` holds "QUOTA PERIOD" in microseconds, or "max PERIOD".
  private static func quotaOfVersion2(_ folder: String, _ groups: ControlGroups) -> Double? {
    let words = groups.lines(of: "\(folder)/cpu.max").first?.split(separator: " ") ?? []
    return words.count == 2 ? ratio(words[0], words[1]) : nil
  }

  /// The quota is -1 where there is none.
  private static func quotaOfVersion1(_ folder: String, _ groups: ControlGroups) -> Double? {
    guard let quota = groups.lines(of: "\(folder)/cpu.cfs_quota_us").first,
      let period = groups.lines(of: "\(folder)/cpu.cfs_period_us").first
    else { return nil }
    return ratio(quota, period)
  }

  private static func ratio(_ quota: Substring, _ period: Substring) -> Double? {
    guard let quota = Double(quota), let period = Double(period), quota > 0, period > 0,
      (quota / period).isFinite
    else { return nil }
    return quota / period
  }
}
