/// A loss class of Keras whose only option is its reduction.
package protocol KerasPlainLoss: KerasLoss {
  /// Creates a loss.
  ///
  /// - Parameter reduction: The reduction of the per-example losses to one value.
  init(reduction: Reduction)
}

extension KerasPlainLoss {
  /// Creates a loss with the options of a file.
  package init(_ reader: OptionReader, reduction: Reduction) throws(KerasError) {
    self.init(reduction: reduction)
  }
}
