package import JSON

/// The generations of Keras, whose files use the same names with different meanings.
package enum KerasGeneration: Sendable {
  /// Keras 1.
  case keras1

  /// Keras 2, `tf.keras` and `tf_keras`.
  case keras2

  /// Keras 3.
  case keras3

  /// Determines the generation from the `keras_version` of a file.
  ///
  /// - Parameters:
  ///   - version: A version such as `2.2.4-tf`; `nil` if the file does not contain it.
  ///   - kerasConfig: The model's config, which identifies Keras 1 without a version.
  package init(version: String?, kerasConfig: JSON) {
    switch version?.prefix(while: { $0 != "." }) {
    case "1": self = .keras1
    case "2": self = .keras2
    case nil where kerasConfig.isOfKeras1: self = .keras1
    default: self = .keras3
    }
  }
}
