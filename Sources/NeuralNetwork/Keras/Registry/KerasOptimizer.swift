package import JSON

/// An optimizer class of Keras that files can name; listed in ``KerasRegistry/optimizers``.
package protocol KerasOptimizer: Optimizer {
  /// Options that add or remove slots, in every combination; none by default.
  ///
  /// Where a file does not contain the options, its slots tell which combination it was.
  static var optionsOfSlots: [JSON.Object] { get }

  /// Options that are so common that they have a name of their own, such as `nesterov`; none by
  /// default.
  static var variants: [(name: String, options: JSON.Object)] { get }

  /// Creates an optimizer with the options of a file, without its state.
  ///
  /// - Parameter reader: The options.
  /// - Throws: ``KerasError/compilation(_:)`` if an option is invalid or not supported.
  init(_ reader: OptionReader) throws(KerasError)
}

extension KerasOptimizer {
  /// Options that add or remove slots: none.
  package static var optionsOfSlots: [JSON.Object] { [] }

  /// Options with a name of their own: none.
  package static var variants: [(name: String, options: JSON.Object)] { [] }
}
