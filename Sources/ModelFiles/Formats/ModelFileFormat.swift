/// A form in which models can be written.
public enum ModelFileFormat: String, CaseIterable, Sendable {
  /// A checkpoint: an HDF5 file that Keras 3 loads as weights with optimizer or as a whole model.
  case weights

  /// A `.keras` archive, which `keras.models.load_model` restores with its optimizer.
  case keras

  /// The whole-model HDF5 file of Keras 2, for `tf_keras`.
  case tfKeras = "tf-keras"

  /// The writer of the form.
  package var writer: any WritableModelFormat.Type {
    switch self {
    case .weights: CheckpointFormat.self
    case .keras: KerasArchive.self
    case .tfKeras: Keras2Format.self
    }
  }

  /// The format for a file name in Keras; `nil` if the name matches none.
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
