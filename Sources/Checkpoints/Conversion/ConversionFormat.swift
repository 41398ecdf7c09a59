import NeuralNetwork

/// The forms of file that ``Conversion`` writes.
public enum ConversionFormat: String, CaseIterable, Sendable {
  /// One HDF5 file that Keras 3 loads as weights with optimizer, or as a whole model; what `train`
  /// writes.
  case weights

  /// A `.keras` archive, which `keras.models.load_model` restores with its optimizer.
  case keras

  /// The whole-model HDF5 file of Keras 2, for `tf_keras`.
  case tfKeras = "tf-keras"

  /// How the model is described in it.
  var dialect: KerasDialect {
    switch self {
    case .weights: .wholeModel
    case .keras: .archive
    case .tfKeras: .keras2
    }
  }

  /// The form that the name of a file stands for in Keras; `nil` if it stands for none.
  ///
  /// - Parameter path: A path such as `model.keras`, `model.weights.h5` or `model.h5`.
  public init?(path: String) {
    if path.hasSuffix(".weights.h5") {
      self = .weights
    } else if path.hasSuffix(".keras") {
      self = .keras
    } else if path.hasSuffix(".h5") || path.hasSuffix(".hdf5") {
      self = .tfKeras
    } else {
      return nil
    }
  }
}
