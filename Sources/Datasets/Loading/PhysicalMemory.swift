import Glibc

/// The memory of the machine.
enum PhysicalMemory {
  /// The number of bytes; a data set that needs more cannot be held.
  static let byteCount = max(1 << 30, sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)))
}
