import Preconditions
import Glibc
import Synchronization

/// Keeps large blocks that are no longer used, for whoever next needs one of the same size.
///
/// A fresh block of megabytes costs a page fault for every 4 KiB, more than most operations take
/// to fill it; and a training step needs the same sizes as the step before.
final class BlockCache: Sendable {
  static let shared = BlockCache()

  /// From how many elements on a block is kept; below, `malloc` is as fast.
  private static let smallest = 1 << 14

  /// How many elements unused blocks have together at most: 256 MiB.
  private static let limit = 1 << 26

  /// From how many bytes on a block is put on pages of this size, if the system has them: fewer
  /// faults, and fewer misses when rows that are far apart are read together.
  private static let hugePage = 1 << 21

  private struct Unused {
    /// The blocks, the one freed last at the end.
    var blocks: [(address: UInt, count: Int)] = []
    var total = 0
  }

  private let unused = Mutex(Unused())

  /// Returns a block of elements, aligned to 64 bytes.
  ///
  /// - Parameters:
  ///   - count: The number of elements.
  ///   - isCleared: Whether all elements are to be 0; otherwise they have no value yet.
  /// - Returns: The first element.
  func allocate(_ count: Int, isCleared: Bool = false) -> UnsafeMutablePointer<Float> {
    if count >= Self.smallest {
      let address = unused.withLock { unused -> UInt? in
        guard let index = unused.blocks.lastIndex(where: { $0.count == count }) else { return nil }
        unused.total -= count
        return unused.blocks.remove(at: index).address
      }
      if let address, let block = UnsafeMutablePointer<Float>(bitPattern: address) {
        if isCleared { block.initialize(repeating: 0, count: count) }
        return block
      }
    }
    let size = max(count, 1) * MemoryLayout<Float>.stride
    let memory: UnsafeMutableRawPointer?
    if size >= Self.hugePage {
      // The system's pages are clear, and cost nothing before something is written to them.
      memory = Self.map(size)
    } else {
      var small: UnsafeMutableRawPointer?
      memory = posix_memalign(&small, 64, size) == 0 ? small : nil
      if isCleared, let memory { memset(memory, 0, size) }
    }
    guard let memory else { fail("There is not enough memory for a tensor of \(count) elements.") }
    return memory.bindMemory(to: Float.self, capacity: max(count, 1))
  }

  /// Maps fresh pages, aligned to the size of a large one.
  private static func map(_ size: Int) -> UnsafeMutableRawPointer? {
    let mapped = rounded(size) + hugePage
    guard
      let start = mmap(nil, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      start != MAP_FAILED
    else { return nil }
    let before = -Int(bitPattern: start) & (hugePage - 1)
    let block = start + before
    if before > 0 { munmap(start, before) }
    if hugePage > before { munmap(block + rounded(size), hugePage - before) }
    madvise(block, size, MADV_HUGEPAGE)
    return block
  }

  /// A size in whole pages.
  private static func rounded(_ size: Int) -> Int {
    let page = Int(getpagesize())
    return (size + page - 1) / page * page
  }

  /// Gives a block back to the system.
  private static func release(_ block: UnsafeMutableRawPointer, _ count: Int) {
    let size = max(count, 1) * MemoryLayout<Float>.stride
    if size >= hugePage { munmap(block, rounded(size)) } else { Glibc.free(block) }
  }

  /// Takes a block back.
  func free(_ block: UnsafeMutablePointer<Float>, _ count: Int) {
    guard count >= Self.smallest, count <= Self.limit else { return Self.release(block, count) }
    let surplus = unused.withLock { unused in
      unused.blocks.append((UInt(bitPattern: block), count))
      unused.total += count
      // What has not been asked for in the longest time goes first.
      var surplus: [(address: UInt, count: Int)] = []
      while unused.total > Self.limit {
        let oldest = unused.blocks.removeFirst()
        unused.total -= oldest.count
        surplus.append(oldest)
      }
      return surplus
    }
    for (address, count) in surplus {
      if let block = UnsafeMutableRawPointer(bitPattern: address) { Self.release(block, count) }
    }
  }
}
