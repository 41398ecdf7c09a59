import Tensors
import Threads

/// The exchange of the new values of divided variables.
///
/// Processes that share memory have their parts there, where the optimizer changes them, and copy
/// those of the others.
package final class PartExchange {
  private let divided: [DividedVariable]
  private let communicator: Communicator

  /// The memory, once the processes have agreed on it; `nil` if they do not share any.
  private var memory: SharedMemory?
  private var hasAskedForMemory = false

  /// The places of the parts in the memory.
  private let starts: [Int]
  private let count: Int

  /// Prepares an exchange.
  ///
  /// - Parameters:
  ///   - divided: The variables, in the same order in all processes.
  ///   - communicator: The processes.
  package init(_ divided: [DividedVariable], over communicator: Communicator) {
    (self.divided, self.communicator) = (divided, communicator)
    var (starts, count): ([Int], Int) = ([], 0)
    for divided in divided {
      starts.append(count)
      let elements = divided.whole.shape.elementCount
      let largest = (0..<communicator.size).map { communicator.part(of: elements, rank: $0).count }
      count += ((largest.max() ?? 0) + lineSize - 1) / lineSize * lineSize
    }
    (self.starts, self.count) = (starts, count)
  }

  /// Gives variables the parts of all processes, as all of them do.
  ///
  /// Between two calls, the processes add gradients: so no process changes its parts while another
  /// one copies them.
  ///
  /// - Parameter isChanged: Whether a variable has changed, the same in all processes.
  /// - Throws: ``RankError``.
  package func join(_ isChanged: (DividedVariable) -> Bool) throws(RankError) {
    let changed = divided.indices.filter { isChanged(divided[$0]) }
    guard !changed.isEmpty else { return }
    if communicator.sharesMemory, !hasAskedForMemory {
      hasAskedForMemory = true
      memory = try SharedMemory(count, over: communicator)
    }
    guard let memory else {
      for index in changed {
        try divided[index].join(divided[index].part.value, in: divided[index].whole)
      }
      return
    }
    for index in changed { move(divided[index].part, to: memory, starts[index]) }
    try communicator.synchronize()
    for index in changed { copy(into: divided[index].whole, from: memory, starts[index]) }
  }

  /// Has the elements of a part in shared memory, unless they are there.
  private func move(_ part: Variable, to memory: SharedMemory, _ start: Int) {
    let count = part.shape.elementCount
    let place = unsafe memory.floats(of: communicator.rank, from: start)
    let isThere = unsafe part.value.withUnsafePointer { values in
      if unsafe values == UnsafePointer(place) { return true }
      unsafe place.update(from: values, count: count)
      return false
    }
    if !isThere {
      part.value = memory.tensor(of: communicator.rank, from: start, shape: [count])
    }
  }

  /// Copies the parts of all processes.
  private func copy(into whole: Variable, from memory: SharedMemory, _ start: Int) {
    let count = whole.shape.elementCount
    unsafe whole.withUnsafeMutablePointer { elements in
      for rank in 0..<communicator.size {
        let part = communicator.part(of: count, rank: rank)
        let target = unsafe Shared(elements + part.lowerBound)
        let source = unsafe Shared(UnsafePointer(memory.floats(of: rank, from: start)))
        parallel(over: 0..<part.count, grain: grain) { start, count in
          unsafe (target + start).update(from: source + start, count: count)
        }
      }
    }
    communicator.noteRead((communicator.size - 1) * communicator.ownPart(of: count).count)
  }
}

/// The number of floats in a part of a loop.
private let grain = 1 << 16
