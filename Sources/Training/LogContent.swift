/// The content of a log file, compared with the lines of a run.
enum LogContent: Equatable {
  /// Only the run's lines, from the first one; the file contains `count` bytes of them.
  ///
  /// The last line may be incomplete, if the process was killed or the disk was full.
  case own(count: Int)

  /// All of the run's lines, followed by lines of later epochs.
  ///
  /// They were written after the checkpoint from which the run resumes. The run will compute the
  /// same lines again.
  case ahead

  /// The run's lines, followed by zeros after a power failure.
  case zeros

  /// The line with this number, from 1, does not belong to the run.
  case other(line: Int)

  /// Compares a file with the lines of a run.
  ///
  /// - Parameters:
  ///   - file: The content of the file.
  ///   - lines: The lines of all complete epochs, one after another, each with its line break.
  ///   - format: The format of the lines.
  init(_ file: [UInt8], lines: [UInt8], format: LogFormat) {
    let text = file[..<((file.lastIndex { $0 != 0 } ?? -1) + 1)]
    let common = zip(text, lines).prefix { $0 == $1 }.count
    let epochs = max(0, lines.count { $0 == lineBreak } - (format.isCSV ? 1 : 0))
    if common == text.count {
      self = .own(count: common)
    } else if common == lines.count,
      let line = LogContent.otherLine(text[common...], format, after: epochs)
    {
      self = .other(line: line)
    } else if common == lines.count {
      self = .ahead
    } else {
      self = .other(line: 1 + text[..<common].count { $0 == lineBreak })
    }
    if text.count < file.count, case .own = self { self = .zeros }
    if text.count < file.count, case .ahead = self { self = .zeros }
  }

  /// The first line that is not a line of the next epoch; `nil` if there is none.
  ///
  /// An incomplete last line is valid.
  private static func otherLine(
    _ text: ArraySlice<UInt8>, _ format: LogFormat, after epoch: Int
  ) -> Int? {
    var (rest, epoch) = (text, epoch)
    if epoch == 0, format.isCSV {
      let header = Array(format.header.utf8)
      let common = zip(rest, header).prefix { $0 == $1 }.count
      rest.removeFirst(common)
      guard common == header.count else { return rest.isEmpty ? nil : 1 }
    }
    while !rest.isEmpty {
      epoch += 1
      guard rest.removeLine(ofEpoch: epoch, format) else { return epoch }
    }
    return nil
  }
}

private let lineBreak = UInt8(ascii: "\n")

extension ArraySlice<UInt8> {
  /// Removes the line of an epoch, which may be incomplete at the end.
  ///
  /// - Returns: Whether there was one.
  fileprivate mutating func removeLine(ofEpoch epoch: Int, _ format: LogFormat) -> Bool {
    let parts = format.parts(ofEpoch: epoch)
    for (index, part) in parts.enumerated() {
      let part = Array(part.utf8)
      let common = zip(self, part).prefix { $0 == $1 }.count
      removeFirst(common)
      if isEmpty { return true }
      guard common == part.count else { return false }
      // A number follows each part but the last.
      if index < parts.count - 1 {
        let number = prefix { (48...57).contains($0) || "+-.e".utf8.contains($0) }
        removeFirst(number.count)
        if isEmpty { return true }
        guard !number.isEmpty else { return false }
      }
    }
    return true
  }
}
