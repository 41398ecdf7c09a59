import Glibc
import TestSupport
import Testing
import Threads

@Suite("The memory that a process can still take")
struct AvailableMemoryTests {
  /// Writes files below a folder that is used as the root of the file system.
  private func available(_ files: [String: String]) throws -> Int? {
    try withTemporaryDirectory { root in
      for (path, text) in files {
        var folder = root
        for part in path.split(separator: "/").dropLast() {
          folder += "/\(part)"
          mkdir(folder, 0o777)
        }
        try writeBytes(Array(text.utf8), to: "\(root)/\(path)")
      }
      return AvailableMemory.bytes(root: root)
    }
  }

  private static let system = [
    "proc/meminfo": "MemTotal:       2000 kB\nMemFree:  10 kB\nMemAvailable:   1000 kB\n"
  ]

  @Test("The system's own estimate, without limits of control groups")
  func system() throws {
    #expect(try available(Self.system) == 1000 << 10)
    #expect(try available([:]) == nil)
    #expect(try #require(AvailableMemory.bytes()) > 0)
  }

  @Test("Version 2: what the groups leave; caches can be dropped")
  func version2() throws {
    let files = Self.system.merging([
      "proc/self/cgroup": "0::/jobs/a\n", "sys/fs/cgroup/jobs/memory.max": "900000\n",
      "sys/fs/cgroup/jobs/memory.current": "500000\n",
      "sys/fs/cgroup/jobs/memory.stat": "anon 400000\ninactive_file 100000\n",
      "sys/fs/cgroup/jobs/a/memory.max": "max\n",
      "sys/fs/cgroup/jobs/a/memory.current": "500000\n",
    ]) { $1 }
    #expect(try available(files) == 500_000)
  }

  @Test("Version 1: the group of the controller memory")
  func version1() throws {
    let files = Self.system.merging([
      "proc/self/cgroup": "5:memory:/x\n4:cpu,cpuacct:/docker/1\n",
      "sys/fs/cgroup/memory/x/memory.limit_in_bytes": "9000\n",
      "sys/fs/cgroup/memory/x/memory.usage_in_bytes": "9500\n",
      "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
      "sys/fs/cgroup/memory/memory.usage_in_bytes": "20000\n",
    ]) { $1 }
    #expect(try available(files) == 0)
  }
}
