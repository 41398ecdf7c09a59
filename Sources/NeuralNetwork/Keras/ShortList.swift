extension [String] {
  /// The first few names, for an error: a file can have thousands.
  package var shortList: String {
    let shown = 8
    return prefix(shown).joined(separator: ", ")
      + (count > shown ? " and \(count - shown) more" : "")
  }
}
