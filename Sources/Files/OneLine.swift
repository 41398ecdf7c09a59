extension String {
  /// The text with escaped line breaks, for a name in a message of one sentence or in a list.
  ///
  /// Only lists in messages have line breaks, so that a name cannot look like a message.
  package var onOneLine: String {
    guard utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }) else { return self }
    return unicodeScalars.map { $0 == "\n" ? "\\n" : $0 == "\r" ? "\\r" : String($0) }.joined()
  }
}
