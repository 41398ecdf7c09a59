/// A loss class of Keras that files can name; listed in ``KerasRegistry/losses``.
package protocol KerasLoss: Loss, SendableMetatype {
  /// The names that Keras accepts beside the class name and its snake case, such as `mse`; none by
  /// default.
  static var aliases: [String] { get }

  /// The class of the metric that is the mean of this loss: by default that of the loss; `nil` if
  /// Keras has none.
  static var metricClassName: String? { get }

  /// The name of that metric in logs: by default the class name of the loss in snake case.
  static var metricName: String { get }

  /// Creates a loss with the options of a file.
  ///
  /// - Parameters:
  ///   - reader: The options.
  ///   - reduction: How the per-example losses are reduced to one value.
  /// - Throws: ``KerasError/compilation(_:)`` if an option is invalid.
  init(_ reader: OptionReader, reduction: Reduction) throws(KerasError)
}

extension KerasLoss {
  /// The names that Keras accepts beside the class name and its snake case: none.
  package static var aliases: [String] { [] }

  /// The class of the metric that is the mean of this loss: that of the loss.
  package static var metricClassName: String? { className }

  /// The name of that metric in logs: the class name of the loss in snake case.
  package static var metricName: String { className.snakeCased }
}
