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

  /// Returns a block of elements that have no value yet, aligned to 64 bytes.
  func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
    if count >= Self.smallest {
      let address = unused.withLock { unused -> UInt? in
        guard let index = unused.blocks.lastIndex(where: { $0.count == count }) else { return nil }
        unused.total -= count
        return unused.blocks.remove(at: index).address
      }
      if let address, let block = UnsafeMutablePointer<Float>(bitPattern: address) { return block }
    }
    var memory: UnsafeMutableRawPointer?
    let size = max(count, 1) * MemoryLayout<Float>.stride
    let status = posix_memalign(&memory, size < Self.hugePage ? 64 : Self.hugePage, size)
    guard status == 0, let memory else {
      preconditionFailure("no memory for a tensor of \(count) elements")
    }
    if size >= Self.hugePage { madvise(memory, size, MADV_HUGEPAGE) }
    return memory.bindMemory(to: Float.self, capacity: max(count, 1))
  }

  /// Takes a block back.
  func free(_ block: UnsafeMutablePointer<Float>, _ count: Int) {
    guard count >= Self.smallest, count <= Self.limit else { return Glibc.free(block) }
    let surplus = unused.withLock { unused in
      unused.blocks.append((UInt(bitPattern: block), count))
      unused.total += count
      // What has not been asked for in the longest time goes first.
      var surplus: [UInt] = []
      while unused.total > Self.limit {
        let oldest = unused.blocks.removeFirst()
        unused.total -= oldest.count
        surplus.append(oldest.address)
      }
      return surplus
    }
    for address in surplus { Glibc.free(UnsafeMutableRawPointer(bitPattern: address)) }
  }
}
