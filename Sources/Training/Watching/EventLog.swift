import TensorBoard

/// An event file of a run, for TensorBoard.
///
/// Scalars are derived from the history in the checkpoint, as the lines of a log are. Histograms
/// and pictures are not: those of the epochs in the checkpoint are kept from the file, and
/// everything after them is removed and written again with the same bytes. The events of an epoch
/// must therefore be on the disk before a checkpoint contains the epoch.
///
/// The time of an event is its training step, in seconds. The bytes of the file then depend on the
/// run alone, and TensorBoard's relative axis shows steps.
final class EventLog {
  /// What the run says about its events.
  struct Expectation {
    /// A name of the run, with which the file begins.
    let writer: String

    /// The training step at the end of each completed epoch.
    let lastSteps: [Int]

    /// The tag of the events before the first epoch, if there are any.
    var firstTag: String?

    /// The scalars of an epoch, counted from 0.
    let scalars: (_ epoch: Int) -> [(tag: String, value: Float)]

    /// The scalars of an epoch as events.
    func events(ofEpoch epoch: Int) -> [Event] {
      scalars(epoch).map {
        Event(step: epoch, time: Double(lastSteps[epoch]), tag: $0.tag, .scalar($0.value))
      }
    }
  }

  private let path: String
  private let expectation: () -> Expectation
  private var file: LogFile

  /// The content of the file after the last attempt to write it; `nil` if that is unknown.
  private var written: EventLogContent?

  /// The events that are not on the disk, besides scalars.
  private var waiting: [Event] = []

  /// Whether there is no event yet, and the run is in its first epoch.
  let isAtBeginning: Bool

  /// The completed epochs, counted from 0, of which the file lacks histograms and pictures.
  let incomplete: Range<Int>

  /// The problem of the last attempt to write the file; `nil` if it succeeded.
  private(set) var problem: LogProblem?

  /// Opens or creates a file, and compares it with what the run expects.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - isClaimed: Whether the checkpoint records that the run writes this file.
  ///   - replacing: Whether to overwrite a file with other content.
  ///   - expectation: Returns what the run says about its events now.
  /// - Throws: ``LogProblem``.
  init(
    _ path: String, isClaimed: Bool, replacing: Bool,
    expecting expectation: @escaping () -> Expectation
  ) throws(LogProblem) {
    (self.path, self.expectation) = (path, expectation)
    let expected = expectation()
    file = try LogFile(path)
    var found: EventLogContent
    do throws(LogProblem) {
      found = try EventLogContent(of: file, expected)
      // Without an epoch that both know, the owner of the file is unknown.
      let isEmpty = try file.size() == 0
      guard isClaimed || found.hasKnownScalars || isEmpty else { throw .notEmpty }
    } catch {
      guard replacing, error != .inUse else { throw error }
      try file.remove()
      file = try LogFile(path)
      found = .init()
    }
    let epochs = expected.lastSteps.count
    isAtBeginning = epochs == 0 && found.keys.isEmpty
    incomplete = min(found.epochs, epochs)..<epochs
  }

  /// Adds events that are no scalars; ``update()`` writes them.
  func add(_ events: [Event]) {
    waiting += events
  }

  /// Writes the missing events, and synchronizes them to the disk.
  func update() {
    do throws(LogProblem) {
      try write()
      problem = nil
    } catch {
      problem = error
    }
  }

  private func write() throws(LogProblem) {
    let expected = expectation()
    // The file may have been moved or removed; a new file at the path is compared again.
    if !file.isAtPath { file = try LogFile(path) }
    let size = try file.size()
    var content = EventLogContent()
    if let written, written.end == size {
      content = written
    } else {
      content = try EventLogContent(of: file, expected)
    }
    written = nil
    let missing = events(missingIn: content, expected)
    if size > content.end { try file.truncate(to: content.end) }
    _ = try file.append(content.append(missing, expected))
    written = content
    waiting = []
  }

  /// The events that a file lacks, by step.
  private func events(missingIn content: EventLogContent, _ expected: Expectation) -> [Event] {
    var events = waiting.filter { $0.tag == expected.firstTag }
    for epoch in max(content.epochs - 1, 0)..<max(expected.lastSteps.count, content.epochs) {
      events += expected.events(ofEpoch: epoch)
      events += waiting.filter { $0.step == epoch && $0.tag != expected.firstTag }
    }
    var keys = content.keys
    return events.filter { keys.insert(.init($0)).inserted }
  }
}

extension Event {
  /// The tag of the first value.
  var tag: String? {
    guard case .values(let values) = content else { return nil }
    return values.first?.tag
  }
}
