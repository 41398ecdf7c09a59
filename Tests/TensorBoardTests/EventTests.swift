import JSON
import TensorBoard
import TestSupport
import Testing

@Suite("Events")
struct EventTests {
  /// The events in bytes, and the offset where reading ended.
  static func events(in bytes: [UInt8]) -> (events: [Event], end: Int) {
    var (events, end): ([Event], Int) = ([], 0)
    func read(_ count: Int, _ offset: Int) -> [UInt8] {
      Array(bytes[min(offset, bytes.count)..<min(offset + count, bytes.count)])
    }
    while let (event, next) = EventRecord.event(at: end, read) {
      events.append(event)
      end = next
    }
    return (events, end)
  }

  @Test("The files of Keras's callback are read, and written with the same bytes")
  func keras() throws {
    for (name, count) in [("train.tfevents", 39), ("validation.tfevents", 9)] {
      let bytes = try readBytes(fixture(name))
      let (events, end) = Self.events(in: bytes)
      #expect(end == bytes.count)
      #expect(events.count == count)
      for event in events {
        guard case .values(let summaries) = event.content else { continue }
        for summary in summaries {
          if case .other = summary.value { Issue.record("\(summary.tag) has an unknown form") }
        }
      }
      let written = events.flatMap { EventRecord.bytes(of: $0) }
      #expect(written == bytes, "\(name)")
    }
  }

  @Test("Histograms of the same weights have TensorFlow's edges and counts")
  func histograms() throws {
    let weights = try JSON(
      parsing: String(decoding: readBytes(fixture("weights.json")), as: UTF8.self))
    var compared = 0
    for event in Self.events(in: try readBytes(fixture("train.tfevents"))).events {
      guard case .values(let summaries) = event.content else { continue }
      for summary in summaries {
        guard case .histogram(let expected) = summary.value else { continue }
        let name = String(summary.tag.dropLast("/histogram".count))
        let values = weights.array?[event.step][name]?.array?.compactMap(\.number) ?? []
        #expect(Histogram(values.map(Float.init)) == expected, "\(summary.tag)")
        compared += 1
      }
    }
    #expect(compared == 16)
  }

  @Test("Histograms of one value, of nothing and of infinities have no width")
  func narrow() {
    let single = Histogram([2, 2, 2]).buckets
    #expect(single.dropLast().allSatisfy { $0 == [2, 2, 0] } && single.last == [2, 2, 3])
    #expect(Histogram([]).buckets == Array(repeating: [0, 0, 0], count: 30))
    #expect(Histogram([.infinity, .nan, 1, 1]).buckets.last == [1, 1, 2])
  }

  @Test("A file ends at the first incomplete or damaged record")
  func damage() throws {
    let bytes = try readBytes(fixture("validation.tfevents"))
    let (events, _) = Self.events(in: bytes)
    let ends = events.indices.map { index in
      events[...index].flatMap { EventRecord.bytes(of: $0) }.count
    }
    for count in 0...bytes.count {
      let found = Self.events(in: Array(bytes[..<count]))
      #expect(found.events.count == ends.count { $0 <= count })
      #expect(found.end == ends.last { $0 <= count } ?? 0)
    }
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 0x10
      let found = Self.events(in: damaged)
      #expect(found.events.count == ends.count { $0 <= index }, "byte \(index)")
    }
  }

  @Test("Malformed messages are refused, whatever their lengths say")
  func malformed() {
    var state: UInt64 = 15
    func random(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    let event = Event(step: 3, time: 4, tag: "a", .image(png: [1, 2, 3], width: 5, height: 6))
    let content = Array(EventRecord.bytes(of: event).dropFirst(12).dropLast(4))
    var refused = 0
    for _ in 0..<20_000 {
      var changed = content
      for _ in 0...random(3) { changed[random(changed.count)] = UInt8(random(256)) }
      if Event(decoding: changed[...]) == nil { refused += 1 }
    }
    #expect(refused > 2000)
    #expect(
      Event(decoding: [0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1]) == nil)
    #expect(Event(decoding: [0x10] + [UInt8](repeating: 0xFF, count: 9) + [2]) == nil)
  }

  @Test("A record that claims to be larger than the limit is not read")
  func limit() {
    var asked = 0
    let head = [UInt8](repeating: 0xFF, count: 12)
    let found = EventRecord.event(at: 0) { count, _ in
      asked = max(asked, count)
      return Array(head.prefix(count))
    }
    #expect(found == nil)
    #expect(asked == 12)
  }
}
