/// A learning-rate schedule of Keras that files can name; listed in ``KerasRegistry/schedules``.
package protocol KerasSchedule: LearningRateSchedule {
  /// Creates a schedule with the options of a file.
  ///
  /// - Parameter reader: The options.
  /// - Throws: ``KerasError/compilation(_:)`` if an option is missing or invalid.
  init(_ reader: OptionReader) throws(KerasError)
}
