package import JSON

extension JSON {
  /// Parses a Keras config.
  ///
  /// - Parameter text: The text.
  /// - Throws: ``KerasError/notJSON(_:)`` if the text is not JSON.
  package init(kerasConfig text: String) throws(KerasError) {
    do throws(JSONError) {
      try self.init(parsing: text)
    } catch {
      throw .notJSON("\(error)")
    }
  }

  /// The beginning of the text, for an error: a file can have megabytes.
  var excerpt: String {
    let (text, shown) = (self.text, 80)
    let beginning = text.prefix(shown)
    return beginning.endIndex == text.endIndex ? text : beginning + "…"
  }
}
