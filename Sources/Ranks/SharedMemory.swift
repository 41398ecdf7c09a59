import CRanks
import Glibc
import Tensors

/// Memory of the processes of a job that all of them see, if they are on one machine.
///
/// Each process has floats of its own in it. A process may read those of another one between two
/// calls of ``Communicator/synchronize()``, between which that one does not change them.
///
/// It ends with the processes, even if they are killed: it has no name in any folder.
@safe
final class SharedMemory {
  /// The number of floats of each process.
  let count: Int

  /// The memory of each process, by rank.
  private let blocks: [UnsafeMutableRawPointer]

  /// The number of bytes of a process.
  private let size: Int

  /// The number of bytes before the floats, which say whose they are.
  private static let headerSize = 4096

  /// Creates memory, as all processes do; `nil` in all of them if one cannot have it or see it.
  ///
  /// - Parameters:
  ///   - count: The number of floats of each process.
  ///   - communicator: The processes.
  /// - Throws: ``RankError`` if the processes cannot exchange where it is.
  init?(_ count: Int, over communicator: Communicator) throws(RankError) {
    size = Self.headerSize + 4 * count
    self.count = count
    var descriptor: Int32 = -1
    let own = unsafe cairn_create_shared_memory(UInt(size), &descriptor)
    defer { if descriptor >= 0 { close(descriptor) } }
    // Another process of this number may have a file of this number and size, in a container.
    var random = SystemRandomNumberGenerator()
    let name = encoded(random.next()) + encoded(random.next())
    unsafe own?.copyMemory(from: name, byteCount: name.count)
    var place: [UInt8] = []
    if unsafe own != nil {
      place = encoded(UInt64(getpid())) + encoded(UInt64(descriptor)) + name
    }
    let places = try communicator.gather(place)
    var blocks: [UnsafeMutableRawPointer] = unsafe []
    var known = 0
    for (rank, place) in places.enumerated() where place.count == 16 + name.count {
      let block =
        unsafe rank == communicator.rank
        ? own
        : cairn_map_shared_memory(
          Int32(decoded(place[0..<8])), Int32(decoded(place[8..<16])), UInt(size))
      guard let block = unsafe block else { continue }
      unsafe blocks.append(block)
      let found = unsafe Array(UnsafeRawBufferPointer(start: block, count: name.count))
      if found == Array(place[16...]) { known += 1 }
    }
    unsafe self.blocks = blocks
    let all = communicator.size * communicator.size
    guard try communicator.sum([known])[0] == all else { return nil }
  }

  deinit { unsafe blocks.forEach { block in unsafe munmap(block, size) } }

  /// The floats of a process from a place on.
  func floats(of rank: Int, from start: Int) -> UnsafeMutablePointer<Float> {
    unsafe (blocks[rank] + Self.headerSize).assumingMemoryBound(to: Float.self) + start
  }

  /// Floats of a process, as a tensor.
  func tensor(of rank: Int, from start: Int, shape: Shape) -> Tensor {
    unsafe Tensor(in: floats(of: rank, from: start), shape: shape, owner: self)
  }
}
