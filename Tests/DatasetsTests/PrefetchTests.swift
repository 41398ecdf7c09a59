import Datasets
import Foundation
import Synchronization
import Tensors
import TestSupport
import Testing

@Suite("Prefetching")
struct PrefetchTests {
  /// Counts the elements that are made, and lets a test wait for one.
  final class Probe: Sendable {
    let made = Atomic<Int>(0)
    let largestLead = Atomic<Int>(0)
    let taken = Atomic<Int>(0)
    let threads = Mutex<Set<pthread_t>>([])

    func record(_ element: Dataset.Element) -> Dataset.Element {
      let made = made.add(1, ordering: .sequentiallyConsistent).newValue
      largestLead.max(made - taken.load(ordering: .sequentiallyConsistent), ordering: .relaxed)
      threads.withLock { _ = $0.insert(pthread_self()) }
      return element
    }
  }

  @Test("Elements are prefetched, never more than the buffer holds")
  func bounded() throws {
    let probe = Probe()
    let dataset = examples(1000).map { probe.record($0) }.prefetch(3)
    var iterator = dataset.makeIterator()
    #expect(eventually { probe.made.load(ordering: .relaxed) == 3 })
    #expect(iterator.position.elements == 0)
    var count = 0
    while let element = iterator.next() {
      #expect(labels(element) == [count])
      count += 1
      probe.taken.add(1, ordering: .sequentiallyConsistent)
    }
    #expect(count == 1000)
    #expect(probe.made.load(ordering: .relaxed) == 1000)
    // One more, because an element is counted as taken only after it has left the buffer.
    #expect(probe.largestLead.load(ordering: .relaxed) <= 4)
    #expect(probe.threads.withLock { !$0.contains(pthread_self()) })
  }

  @Test("A prefetch before a batch prefetches as many batches, rounded up")
  func throughBatch() throws {
    let probe = Probe()
    let dataset = examples(1000).prefetch(5).batch(2).map { probe.record($0) }
    var iterator = dataset.makeIterator()
    #expect(eventually { probe.made.load(ordering: .relaxed) == 3 })
    while iterator.next() != nil { probe.taken.add(1, ordering: .sequentiallyConsistent) }
    #expect(probe.made.load(ordering: .relaxed) == 500)
    #expect(probe.largestLead.load(ordering: .relaxed) <= 4)
  }

  @Test("Prefetching ends when its iterator is released, whatever the buffer size")
  func stops() throws {
    weak var observed: Probe?
    do {
      let probe = Probe()
      observed = probe
      let dataset = examples(3).repeat().map { probe.record($0) }.prefetch(.max)
      var iterator = dataset.makeIterator()
      for _ in 0..<5 { _ = iterator.next() }
    }
    #expect(eventually { observed == nil })
  }

  @Test("A buffer of 0 disables prefetching")
  func none() throws {
    let probe = Probe()
    let dataset = examples(10).map { probe.record($0) }.prefetch(0)
    var iterator = dataset.makeIterator()
    _ = iterator.next()
    #expect(probe.made.load(ordering: .relaxed) == 1)
    #expect(probe.threads.withLock { $0 == [pthread_self()] })
  }

  @Test("A skipped element is not created")
  func lazy() throws {
    let probe = Probe()
    let dataset = examples(10).map { probe.record($0) }.shuffle(bufferSize: 4, seed: 1).skip(6)
    #expect(Array(dataset).count == 4)
    #expect(probe.made.load(ordering: .relaxed) == 4)
  }
}
