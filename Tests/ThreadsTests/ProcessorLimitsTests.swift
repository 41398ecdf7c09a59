import Glibc
import TestSupport
import Testing
import Threads

@Suite("The processors that a process may use")
struct ProcessorLimitsTests {
  /// Writes files below a folder that is used as the root of the file system.
  private func quota(_ files: [String: String]) throws -> Int? {
    try withTemporaryDirectory { root in
      for (path, text) in files {
        var folder = root
        for part in path.split(separator: "/").dropLast() {
          folder += "/\(part)"
          mkdir(folder, 0o777)
        }
        try writeBytes(Array(text.utf8), to: "\(root)/\(path)")
      }
      return ProcessorLimits.quota(root: root)
    }
  }

  @Test("Version 2: the smallest quota of a group and those above it, rounded up")
  func version2() throws {
    #expect(
      try quota([
        "proc/self/cgroup": "0::/jobs/a\n", "sys/fs/cgroup/jobs/cpu.max": "150000 100000\n",
        "sys/fs/cgroup/jobs/a/cpu.max": "max 100000\n",
      ]) == 2)
    #expect(
      try quota(["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "50000 100000\n"]) == 1)
  }

  @Test("Version 1: the quota of the group of the controller cpu")
  func version1() throws {
    #expect(
      try quota([
        "proc/self/cgroup": "5:memory:/x\n4:cpu,cpuacct:/docker/1\n",
        "sys/fs/cgroup/cpu/docker/1/cpu.cfs_quota_us": "300000\n",
        "sys/fs/cgroup/cpu/docker/1/cpu.cfs_period_us": "100000\n",
      ]) == 3)
    // In a container, the files of its own group are at the top.
    #expect(
      try quota([
        "proc/self/cgroup": "4:cpu,cpuacct:/docker/1\n",
        "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "200000\n",
        "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
      ]) == 2)
  }

  @Test("Without a quota, or with unusable files, there is no limit")
  func none() throws {
    #expect(try quota([:]) == nil)
    #expect(
      try quota(["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "max 100000\n"]) == nil)
    #expect(
      try quota([
        "proc/self/cgroup": "4:cpu:/\n", "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
        "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
      ]) == nil)
    #expect(try quota(["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "1 0\n"]) == nil)
  }

  @Test("The affinity is at most the number of processors")
  func affinity() {
    #expect((1...Int(sysconf(Int32(_SC_NPROCESSORS_CONF)))).contains(ProcessorLimits.affinity()))
  }
}
