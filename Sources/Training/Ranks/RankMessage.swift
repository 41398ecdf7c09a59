/// What a process tells the others after its part of a step or of an evaluation.
struct RankMessage {
  /// The signal that it received; `nil` if there was none.
  var signal: Int32?

  /// Whether the time of the run is over, by its clock.
  var isOutOfTime = false

  /// Whether it was asked to save since its last message.
  var isAskedToSave = false

  /// Whether it will save after the step; only the first process does.
  var isSaving = false

  /// Its results, as 64-bit integers and bits of doubles.
  var words: [UInt64] = []

  /// Further results.
  var floats: [Float] = []

  /// The message as bytes.
  var bytes: [UInt8] {
    let flags = (isOutOfTime ? 1 : 0) | (isAskedToSave ? 2 : 0) | (isSaving ? 4 : 0)
    let head = [UInt64(UInt32(bitPattern: signal ?? 0)), UInt64(flags), UInt64(words.count)]
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 * (head.count + words.count) + 4 * floats.count)
    for word in head + words { Self.append(word, count: 8, to: &bytes) }
    for float in floats { Self.append(UInt64(float.bitPattern), count: 4, to: &bytes) }
    return bytes
  }

  /// Creates an empty message.
  init() {}

  /// Reads a message.
  init(_ bytes: [UInt8]) {
    var place = 0
    func word(_ count: Int) -> UInt64 {
      defer { place += count }
      return (0..<count).reduce(0) { $0 | UInt64(bytes[place + $1]) << (8 * UInt64($1)) }
    }
    let number = Int32(bitPattern: UInt32(truncatingIfNeeded: word(8)))
    signal = number == 0 ? nil : number
    let flags = word(8)
    (isOutOfTime, isAskedToSave) = (flags & 1 != 0, flags & 2 != 0)
    isSaving = flags & 4 != 0
    words = (0..<Int(word(8))).map { _ in word(8) }
    floats = (0..<(bytes.count - place) / 4).map { _ in
      Float(bitPattern: UInt32(truncatingIfNeeded: word(4)))
    }
  }

  private static func append(_ word: UInt64, count: Int, to bytes: inout [UInt8]) {
    for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: word >> (8 * index))) }
  }
}
