/// A value that crosses the boundary of a sandbox.
package protocol Transferable {
  /// Appends the value to a message.
  func write(to message: inout MessageWriter)

  /// Reads a value from a message.
  ///
  /// - Throws: ``SandboxError/malformed`` if the message contains no such value.
  init(from message: inout MessageReader) throws(SandboxError)
}

extension String: Transferable {
  /// Appends the string to a message.
  package func write(to message: inout MessageWriter) { message.write(self) }

  /// Reads a string from a message.
  package init(from message: inout MessageReader) throws(SandboxError) {
    self = try message.readString()
  }
}

extension Array: Transferable where Element: Transferable {
  /// Appends the list to a message.
  package func write(to message: inout MessageWriter) { message.write(self) { $0.write($1) } }

  /// Reads a list from a message.
  package init(from message: inout MessageReader) throws(SandboxError) {
    self = try message.readList { (message) throws(SandboxError) in try Element(from: &message) }
  }
}
