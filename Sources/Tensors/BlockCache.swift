import Preconditions
import Glibc
import Synchronization

/// A cache of large unused memory blocks, reused for allocations of about the same size.
///
/// A fresh block costs a page fault for every 4 KiB, which is slower than most operations that fill
/// it. Each training step needs the same sizes as the previous one. A model that predicts may need
/// more sizes than are kept: a block of huge pages serves for smaller ones, too.
final class BlockCache: Sendable {
  static let shared = BlockCache()

  /// The minimum number of elements of a cached block; `malloc` is as fast for smaller ones.
  private static let smallest = 1 << 14

  /// The maximum number of elements in all unused blocks: 256 MiB.
  private static let limit = 1 << 26

  /// The size of a huge page, and the minimum size of blocks that use them if available: fewer page
  /// faults and TLB misses.
  fileprivate static let hugePage = 1 << 21

  private struct Unused {
    /// The blocks, the most recently freed one last.
    var blocks: [(address: UInt, count: Int)] = []
    var total = 0

    /// The most recently freed block of so many elements, or the smallest one of at most four times
    /// as many if both have huge pages: the images of a model become smaller from layer to layer.
    func index(of count: Int) -> Int? {
      if let index = blocks.lastIndex(where: { $0.count == count }) { return index }
      guard count * MemoryLayout<Float>.stride >= BlockCache.hugePage else { return nil }
      let larger = blocks.indices.filter { (count...4 * count).contains(blocks[$0].count) }
      return larger.min { blocks[$0].count < blocks[$1].count }
    }
  }

  private let unused = Mutex(Unused())

  /// Returns a block of elements, aligned to 64 bytes.
  ///
  /// - Parameters:
  ///   - count: The number of elements.
  ///   - isCleared: Whether all elements are 0; otherwise, they are uninitialized.
  /// - Returns: The first element, and the number of elements that the block has room for.
  func allocate(
    _ count: Int, isCleared: Bool = false
  ) -> (first: UnsafeMutablePointer<Float>, capacity: Int) {
    if count >= Self.smallest {
      let known = unused.withLock { unused -> (address: UInt, count: Int)? in
        guard let index = unused.index(of: count) else { return nil }
        let block = unused.blocks.remove(at: index)
        unused.total -= block.count
        return block
      }
      if let known, let block = unsafe UnsafeMutablePointer<Float>(bitPattern: known.address) {
        if isCleared { unsafe block.initialize(repeating: 0, count: count) }
        return unsafe (block, known.count)
      }
    }
    let size = max(count, 1) * MemoryLayout<Float>.stride
    let memory: UnsafeMutableRawPointer?
    if size >= Self.hugePage {
      // Fresh pages are zero, and need no memory before the first write.
      unsafe memory = unsafe Self.map(size)
    } else {
      var small: UnsafeMutableRawPointer?
      unsafe memory = unsafe posix_memalign(&small, 64, size) == 0 ? small : nil
      if isCleared, let memory = unsafe memory { unsafe memset(memory, 0, size) }
    }
    guard let memory = unsafe memory else {
      fail("There is not enough memory for a tensor of \(count) elements.")
    }
    return unsafe (memory.bindMemory(to: Float.self, capacity: max(count, 1)), count)
  }

  /// Maps fresh pages, aligned to the huge page size.
  private static func map(_ size: Int) -> UnsafeMutableRawPointer? {
    let mapped = rounded(size) + hugePage
    guard
      let start = unsafe mmap(
        nil, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      unsafe start != MAP_FAILED
    else { return nil }
    let before = -Int(bitPattern: start) & (hugePage - 1)
    let block = unsafe start + before
    if before > 0 { unsafe munmap(start, before) }
    if hugePage > before { unsafe munmap(block + rounded(size), hugePage - before) }
    unsafe madvise(block, size, MADV_HUGEPAGE)
    return unsafe block
  }

  /// A size rounded up to whole pages.
  private static func rounded(_ size: Int) -> Int {
    let page = Int(getpagesize())
    return (size + page - 1) / page * page
  }

  /// Returns a block to the system.
  private static func release(_ block: UnsafeMutableRawPointer, _ count: Int) {
    let size = max(count, 1) * MemoryLayout<Float>.stride
    if size >= hugePage { unsafe munmap(block, rounded(size)) } else { unsafe Glibc.free(block) }
  }

  /// Returns a block to the cache, which has room for `count` elements.
  func free(_ block: UnsafeMutablePointer<Float>, _ count: Int) {
    guard count >= Self.smallest, count <= Self.limit else {
      return unsafe Self.release(block, count)
    }
    let surplus = unused.withLock { unused in
      unused.blocks.append((UInt(bitPattern: block), count))
      unused.total += count
      // The least recently used blocks are released first.
      var surplus: [(address: UInt, count: Int)] = []
      while unused.total > Self.limit {
        let oldest = unused.blocks.removeFirst()
        unused.total -= oldest.count
        surplus.append(oldest)
      }
      return surplus
    }
    for (address, count) in surplus {
      if let block = unsafe UnsafeMutableRawPointer(bitPattern: address) {
        unsafe Self.release(block, count)
      }
    }
  }
}
