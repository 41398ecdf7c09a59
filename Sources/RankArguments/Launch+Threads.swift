import Glibc
public import Ranks
import Threads

extension Launch {
  /// The number of threads of this process, so that the processes of a machine share its
  /// processors; `nil` if the launcher has given each some of them, or it is unknown.
  public var threadsOfRank: Int? {
    guard let localSize, localSize > 1,
      Threads.available == Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    else { return nil }
    return max(1, Threads.available / localSize)
  }
}
