/// A set of a data source.
///
/// See ``DataOutline`` for an example.
public enum DataPart: String, CaseIterable, Sendable {
  /// The training set.
  case train
  /// The validation set.
  case validation
  /// The test set.
  case test
}
