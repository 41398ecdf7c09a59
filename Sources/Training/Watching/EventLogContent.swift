import TensorBoard

/// The content of an event file, as far as it belongs to the completed epochs of a run.
struct EventLogContent {
  /// A value of a step, which must not occur twice.
  struct Key: Hashable {
    let step: Int
    let tag: String?

    init(_ event: Event) {
      (step, tag) = (event.step, event.tag)
    }
  }

  /// The offset behind the last of these events.
  private(set) var end = 0

  /// The values of completed epochs, and those before the first one.
  private(set) var keys: Set<Key> = []

  /// The number of epochs up to the last one of which there is a value.
  private(set) var epochs = 0

  /// Whether there is a scalar of the run's history.
  private(set) var hasKnownScalars = false

  /// Creates the content of an empty file.
  init() {}

  /// Reads a file up to the first event that the run will write again.
  ///
  /// - Throws: ``LogProblem/otherEvent(_:)`` at an event that is not of the run.
  init(of file: LogFile, _ expected: EventLog.Expectation) throws(LogProblem) {
    let header = Self.header(of: expected)
    let head = try file.bytes(header.count, at: 0)
    let text = head[..<((head.lastIndex { $0 != 0 } ?? -1) + 1)]
    guard header.starts(with: text) else { throw .otherEvent(1) }
    // The process was killed, or the power failed, while the file was created.
    guard text.count == header.count else { return }
    end = header.count
    var number = 1
    while true {
      let record = try EventRecord.event(at: end) { (count, offset) throws(LogProblem) in
        try file.bytes(count, at: offset)
      }
      guard let (event, next) = record else { return }
      number += 1
      guard event.tag == expected.firstTag || event.step < expected.lastSteps.count else { return }
      guard accepts(event, expected) else { throw .otherEvent(number) }
      end = next
    }
  }

  /// The record with which an event file of a run begins.
  static func header(of expected: EventLog.Expectation) -> [UInt8] {
    EventRecord.bytes(of: Event(.beginning(writer: expected.writer)))
  }

  /// Adds events.
  ///
  /// - Returns: Their records, with that of the beginning if the file was empty.
  mutating func append(_ events: [Event], _ expected: EventLog.Expectation) -> [UInt8] {
    var bytes = end == 0 ? Self.header(of: expected) : []
    for event in events {
      bytes += EventRecord.bytes(of: event)
      note(event, expected)
    }
    end += bytes.count
    return bytes
  }

  private mutating func note(_ event: Event, _ expected: EventLog.Expectation) {
    keys.insert(Key(event))
    if event.tag != expected.firstTag { epochs = event.step + 1 }
  }

  /// Notes an event of the file, if it can be the run's next one.
  private mutating func accepts(_ event: Event, _ expected: EventLog.Expectation) -> Bool {
    guard case .values(let values) = event.content, values.count == 1,
      !keys.contains(Key(event))
    else { return false }
    if event.tag == expected.firstTag {
      guard event.step == 0, event.time == 0, epochs == 0 else { return false }
    } else {
      guard event.step >= max(0, epochs - 1), event.time == Double(expected.lastSteps[event.step])
      else { return false }
    }
    if case .scalar(let value) = values[0].value {
      guard
        let scalar = expected.scalars(event.step).first(where: { $0.tag == event.tag }),
        scalar.value.bitPattern == value.bitPattern
      else { return false }
      hasKnownScalars = true
    }
    note(event, expected)
    return true
  }
}
