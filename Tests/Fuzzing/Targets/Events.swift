import TensorBoard

extension FuzzTarget {
  /// Event files of TensorBoard.
  static let events = FuzzTarget("events") { input in
    if let event = Event(decoding: input[...]) {
      let record = EventRecord.bytes(of: event)
      let again = EventRecord.event(at: 0) { Array(record.dropFirst($1).prefix($0)) }
      expect(again?.end == record.count, "an event cannot be read again")
    }
    var offset = 0
    while let (_, end) = EventRecord.event(
      at: offset, { count, offset in Array(input.dropFirst(offset).prefix(count)) })
    {
      expect(end > offset && end <= input.count, "a record ends at \(end)")
      offset = end
    }
  }
}
