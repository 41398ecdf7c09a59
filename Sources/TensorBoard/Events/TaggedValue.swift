/// A named value of an event.
package struct TaggedValue: Equatable, Sendable {
  /// A value, in the form in which TensorBoard's plugins expect it.
  package enum Value: Equatable, Sendable {
    /// A number.
    case scalar(Float)

    /// A distribution.
    case histogram(Histogram)

    /// A picture as PNG, with its size in pixels.
    case image(png: [UInt8], width: Int, height: Int)

    /// A value of another form, with the name of its plugin.
    case other(plugin: String)
  }

  /// The name under which TensorBoard shows the value.
  package var tag: String

  /// The value.
  package var value: Value

  /// Creates a summary.
  ///
  /// - Parameters:
  ///   - tag: The name under which TensorBoard shows the value.
  ///   - value: The value.
  package init(_ tag: String, _ value: Value) {
    self.tag = tag
    self.value = value
  }
}
