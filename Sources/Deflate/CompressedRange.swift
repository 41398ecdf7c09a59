package import Sandbox

/// Where compressed data is in a file.
package struct CompressedRange: Equatable, Sendable {
  /// The container of the compressed data.
  package enum Form: Int, Sendable {
    /// None: the data of a member of a zip archive, which fills the range.
    case member
    /// The headers and checksums of gzip; consecutive members are concatenated, as by `gunzip`.
    case gzip
  }

  /// The container of the compressed data.
  package let form: Form
  /// The offset of the first byte in the file.
  package let start: Int
  /// The number of compressed bytes.
  package let count: Int

  /// Creates a range.
  ///
  /// - Parameters:
  ///   - form: The container of the compressed data.
  ///   - start: The offset of the first byte in the file.
  ///   - count: The number of compressed bytes.
  package init(_ form: Form, start: Int, count: Int) {
    (self.form, self.start, self.count) = (form, start, count)
  }
}

extension CompressedRange: Transferable {
  package func write(to message: inout MessageWriter) {
    for number in [form.rawValue, start, count] { message.write(number) }
  }

  package init(from message: inout MessageReader) throws(SandboxError) {
    guard let form = Form(rawValue: try message.readInt()) else { throw .malformed }
    self.init(form, start: try message.readSize(), count: try message.readSize())
  }
}
