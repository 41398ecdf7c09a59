/// A text file with one name on each line, such as the names of classes.
///
/// Spaces and tabs around a name and empty lines at the end are ignored, and so is a byte order
/// mark.
package enum NameList {
  /// The reason why a file holds no names, as a phrase.
  package struct Problem: Error, Equatable {
    /// The reason, for the end of a sentence.
    package let reason: String

    /// Whether the file cannot be opened or read.
    package let isUnreadable: Bool

    /// Creates a problem.
    ///
    /// - Parameters:
    ///   - reason: The reason, for the end of a sentence.
    ///   - isUnreadable: Whether the file cannot be opened or read.
    package init(_ reason: String, isUnreadable: Bool = false) {
      (self.reason, self.isUnreadable) = (reason, isUnreadable)
    }
  }

  /// The largest file: 1 MiB.
  private static let limit = 1 << 20

  /// Reads a file.
  ///
  /// - Parameter path: The path of the file.
  /// - Returns: At least one name; all are different.
  /// - Throws: ``Problem`` if it is no such file.
  package static func read(_ path: String) throws(Problem) -> [String] {
    let names = try lines(of: path)
    if let reason = problem(in: names) { throw Problem(reason) }
    return names
  }

  /// Reads the lines of a small text file.
  ///
  /// - Parameter path: The path of the file.
  /// - Returns: The lines without spaces and tabs at both ends, up to the last one with a text.
  /// - Throws: ``Problem`` if it is too large, or not UTF-8.
  package static func lines(of path: String) throws(Problem) -> [String] {
    let bytes: [UInt8]?
    do throws(FileError) { bytes = try RegularFile(path).contents(limit: limit) } catch {
      throw Problem("\(error)", isUnreadable: true)
    }
    guard let bytes else { throw Problem("it has more than \(limit) bytes") }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let content = bytes.dropFirst(bytes.starts(with: mark) ? 3 : 0)
    guard let text = String(validating: content, as: UTF8.self) else {
      throw Problem("it is not UTF-8")
    }
    var lines = text.split(omittingEmptySubsequences: false) { ["\n", "\r\n", "\r"].contains($0) }
      .map { String($0.trimmed) }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  /// Finds the first problem of a list of names.
  ///
  /// - Parameter names: The names in the order of their numbers.
  /// - Returns: The first problem as a phrase, with the number of a name from 1; `nil` if they are
  ///   names, all different, and could be shown anywhere.
  package static func problem(in names: [String]) -> String? {
    guard !names.isEmpty else { return "it has no names" }
    guard names.count <= 1 << 16 else { return "it has \(names.count) names, more than 65536" }
    var numbers: [String: Int] = [:]
    for (index, name) in names.enumerated() {
      if name.isEmpty { return "name \(index + 1) is empty" }
      if name.unicodeScalars.contains(where: \.isControl) {
        return "name \(index + 1) has a control character"
      }
      if let first = numbers.updateValue(index + 1, forKey: name) {
        return "the names \(first) and \(index + 1) are both '\(name)'"
      }
    }
    return nil
  }
}

extension Substring {
  /// The text without spaces and tabs at both ends.
  fileprivate var trimmed: Substring {
    let blanks: Set<Character> = [" ", "\t"]
    let start = drop { blanks.contains($0) }
    let end = start.lastIndex { !blanks.contains($0) }
    return end.map { start[...$0] } ?? ""
  }
}

extension Unicode.Scalar {
  /// Whether the character controls a terminal or the direction of text.
  fileprivate var isControl: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
    }
  }
}
