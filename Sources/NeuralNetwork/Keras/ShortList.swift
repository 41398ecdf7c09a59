extension [String] {
  /// The first few, for an error: a file can have thousands.
  package var shortList: String { shortList(separator: ", ") }

  /// The first few, with another separator.
  package func shortList(separator: String) -> String {
    let shown = 8
    return prefix(shown).joined(separator: separator)
      + (count > shown ? " and \(count - shown) more" : "")
  }

  /// The first few in quotation marks, which show where a name begins and that one is empty.
  package var shortQuotedList: String { map { "'\($0)'" }.shortList }
}
