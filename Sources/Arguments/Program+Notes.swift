import Console

extension Program {
  /// Prints a note on standard error, unless another process prints the messages.
  ///
  /// - Parameter message: A sentence without a full stop.
  public func note(_ message: String) {
    guard !Self.isSilent else { return }
    StandardError.writeLine("\(Self.name): note: \(escaped(message))")
  }
}
