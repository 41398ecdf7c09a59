import Console

/// A part of the output: a text to print, or a result to count.
///
/// Parts are in the order of the pictures. In a job of several processes, the first process gets
/// those of all, prints the texts and counts the results.
enum OutputPart: Equatable {
  /// The text of a picture on standard output.
  case answer(String)
  /// A text on standard error.
  case message(String)
  /// A file in a folder is not a picture; this is its name.
  case skipped(String)
  /// A picture has a prediction: the assumptions about the model are noted, once.
  case prediction
  /// An exit status; the highest counts.
  case status(ExitStatus)
  /// An answer to evaluate.
  case evaluated(answer: Int, label: Int)
  /// A reading to evaluate.
  case read(isRight: Bool)
}

extension OutputPart {
  /// Parts as bytes for another process.
  static func encoded(_ parts: [OutputPart]) -> [UInt8] {
    var bytes: [UInt8] = []
    for part in parts {
      let (kind, text) = part.fields
      bytes.append(kind)
      bytes += (0..<8).map { UInt8(truncatingIfNeeded: text.utf8.count >> (8 * $0)) }
      bytes += text.utf8
    }
    return bytes
  }

  /// Reads the bytes of parts, which the same program has written.
  static func decoded(_ bytes: some Sequence<UInt8>) -> [OutputPart] {
    var parts: [OutputPart] = []
    var rest = Array(bytes)[...]
    while let kind = rest.popFirst() {
      let length = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      let text = String(decoding: rest.dropFirst(8).prefix(length), as: UTF8.self)
      rest = rest.dropFirst(8 + length)
      if let part = OutputPart(kind, text) { parts.append(part) }
    }
    return parts
  }

  private var fields: (kind: UInt8, text: String) {
    switch self {
    case .answer(let text): (0, text)
    case .message(let text): (1, text)
    case .skipped(let name): (2, name)
    case .prediction: (3, "")
    case .status(let status): (4, "\(status.rawValue)")
    case .evaluated(let answer, let label): (5, "\(answer) \(label)")
    case .read(let isRight): (6, isRight ? "1" : "0")
    }
  }

  private init?(_ kind: UInt8, _ text: String) {
    func number(_ index: Int) -> Int { Int(text.split(separator: " ")[index]) ?? 0 }
    switch kind {
    case 0: self = .answer(text)
    case 1: self = .message(text)
    case 2: self = .skipped(text)
    case 3: self = .prediction
    case 4: self = .status(ExitStatus(rawValue: Int32(number(0))) ?? .internalError)
    case 5: self = .evaluated(answer: number(0), label: number(1))
    case 6: self = .read(isRight: number(0) == 1)
    default: return nil
    }
  }
}
