import Glibc
import Synchronization
import Testing
import Threads

@Suite("Parallel loops", .serialized)
struct ParallelTests {
  @Test("Each part of a range is computed once, with any number of threads", arguments: [1, 2, 5])
  func parts(threads: Int) {
    let before = Threads.count
    defer { Threads.count = before }
    Threads.count = threads
    var counts = [Int](repeating: 0, count: 1003)
    unsafe counts.withUnsafeMutableBufferPointer { counts in
      guard let start = counts.baseAddress else { return }
      let memory = unsafe Shared(start)
      parallel(over: 3..<1000, grain: 10) { first, count in
        #expect(count <= 10)
        for index in first..<first + count { unsafe (memory + index).pointee += index }
      }
    }
    #expect(counts == Array(0..<1003).map { (3..<1000).contains($0) ? $0 : 0 })
  }

  @Test("A nested loop runs on one thread and does not deadlock")
  func nested() {
    let sum = Atomic<Int>(0)
    parallel(chunks: 8) { _ in
      parallel(chunks: 8) { chunk in sum.add(chunk, ordering: .relaxed) }
    }
    #expect(sum.load(ordering: .relaxed) == 8 * 28)
  }

  @Test("The thread that begins a loop pauses after each of its chunks", arguments: [1, 2])
  func pauses(threads: Int) {
    let before = Threads.count
    defer { Threads.count = before }
    Threads.count = threads
    var pauses = 0
    let own = Atomic<Int>(0)
    let thread = pthread_self()
    let count: @Sendable (Int) -> Void = { _ in
      if pthread_equal(pthread_self(), thread) != 0 { own.add(1, ordering: .relaxed) }
    }
    LoopPauses.doing({
      #expect(pthread_equal(pthread_self(), thread) != 0)
      pauses += 1
    }) {
      for _ in 0..<50 { parallel(chunks: 20, count) }
    }
    #expect(pauses == own.load(ordering: .relaxed))
    #expect(threads == 1 ? pauses == 1000 : pauses > 0)
    let all = pauses
    parallel(chunks: 20, count)
    #expect(pauses == all)
  }

  @Test("Concurrent values are in order")
  func values() {
    #expect(concurrently(100) { "\($0)" } == (0..<100).map { "\($0)" })
    #expect(concurrently(0) { $0 } == [])
  }
}
