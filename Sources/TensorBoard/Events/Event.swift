/// An entry of an event file.
package struct Event: Equatable, Sendable {
  /// What an event contains.
  package enum Content: Equatable, Sendable {
    /// The beginning of a file: the name of the program that writes it.
    case beginning(writer: String)

    /// Values of a step.
    case values([TaggedValue])

    /// Something else.
    case other
  }

  /// The time, in seconds.
  package var time: Double

  /// The step.
  package var step: Int

  /// The content.
  package var content: Content

  /// Creates an event.
  ///
  /// - Parameters:
  ///   - step: The step.
  ///   - time: The time, in seconds.
  ///   - content: The content.
  package init(step: Int = 0, time: Double = 0, _ content: Content) {
    self.step = step
    self.time = time
    self.content = content
  }

  /// Creates an event with one value.
  ///
  /// - Parameters:
  ///   - step: The step.
  ///   - time: The time, in seconds.
  ///   - tag: The name of the value.
  ///   - value: The value.
  package init(step: Int, time: Double, tag: String, _ value: TaggedValue.Value) {
    self.init(step: step, time: time, .values([TaggedValue(tag, value)]))
  }
}
