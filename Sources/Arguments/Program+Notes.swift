import Console

extension Program {
  /// Prints a note on standard error.
  ///
  /// - Parameter message: A sentence without a full stop.
  public func note(_ message: String) {
    StandardError.writeLine("\(Self.name): note: \(escaped(message))")
  }
}
