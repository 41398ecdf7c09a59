/// A metric class of Keras that files can name; listed in ``KerasRegistry/metrics``.
///
/// Metrics that are the mean of a loss have no class of their own: see
/// ``KerasLoss/metricClassName``.
package protocol KerasMetric: Metric, SendableMetatype {
  /// The name of the class in Keras; by default that of the type.
  static var className: String { get }

  /// Creates a metric with the options of a file.
  ///
  /// - Parameters:
  ///   - reader: The options.
  ///   - name: The name in logs.
  /// - Throws: ``KerasError/compilation(_:)`` if an option is invalid or not supported.
  init(_ reader: OptionReader, name: String) throws(KerasError)
}

extension KerasMetric {
  /// The name of the class in Keras: that of the type.
  package static var className: String { "\(self)" }
}
