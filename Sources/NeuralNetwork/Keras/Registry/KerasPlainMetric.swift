/// A metric class of Keras whose only option is its name.
package protocol KerasPlainMetric: KerasMetric {
  /// Creates a metric.
  ///
  /// - Parameter name: The name of the metric in logs.
  init(name: String)
}

extension KerasPlainMetric {
  /// Creates a metric with the options of a file.
  package init(_ reader: OptionReader, name: String) throws(KerasError) { self.init(name: name) }
}
